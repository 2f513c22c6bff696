import { Dispatcher } from 'undici';

/** A dispatcher that keeps what is sent through it. */
export function noting(inner: Dispatcher, requests: Dispatcher.DispatchOptions[]): Dispatcher {
  return new Noting(inner, requests);
}

class Noting extends Dispatcher {
  readonly #inner: Dispatcher;
  readonly #requests: Dispatcher.DispatchOptions[];

  constructor(inner: Dispatcher, requests: Dispatcher.DispatchOptions[]) {
    super();
    this.#inner = inner;
    this.#requests = requests;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { origin, path, method, headers, body } = options;
    this.#requests.push({ origin, path, method, headers, body } as Dispatcher.DispatchOptions);
    return this.#inner.dispatch(options, handler);
  }
}
