import { Dispatcher } from 'undici';

const AWS_HOST = /^https?:\/\/([^/]+\.)?amazonaws\.com(\.cn)?(:\d+)?$/;

/**
 * One dispatcher for a recorder whose storage is in an emulated cloud: what goes to AWS's hosts, or to an endpoint named
 * here, goes to the cloud, and everything else to the vendor.
 */
export function besideCloud(cloud: Dispatcher, vendor: Dispatcher, endpoints: string[] = []): Dispatcher {
  return new Beside(cloud, vendor, endpoints);
}

class Beside extends Dispatcher {
  readonly #cloud: Dispatcher;
  readonly #vendor: Dispatcher;
  readonly #endpoints: Set<string>;

  constructor(cloud: Dispatcher, vendor: Dispatcher, endpoints: string[]) {
    super();
    this.#cloud = cloud;
    this.#vendor = vendor;
    this.#endpoints = new Set(endpoints.map((one) => new URL(one).origin));
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const origin = String(options.origin ?? '');
    const isCloud = AWS_HOST.test(origin) || this.#endpoints.has(origin);
    return (isCloud ? this.#cloud : this.#vendor).dispatch(options, handler);
  }
}
