/**
 * Where a call goes, and where else when that cannot be reached. Another host is tried only after a failure that
 * proves that nothing was sent: a start that may have arrived must not arrive a second time elsewhere.
 * Source: "Best practices", dual domain names; "Switch domain names", regional domains. The waits of 1, 3 and 6 s
 * that it names are not kept here: the session has the only layer that waits and repeats.
 */
import { API_REGIONS, DOMAINS, type AgoraApiRegion, type AgoraDomain } from '../../contract/vendors/agora.ts';
import { DEFAULT_DEADLINE_MS } from '../http.ts';
import { VendorFailure } from '../recorder.ts';

export interface AgoraPlace {
  /** One address instead of all others. */
  url?: string;
  domain?: AgoraDomain;
  region?: AgoraApiRegion;
}

/** In the order in which they are tried: the same again, the other domain, the neighbour region. */
export function addressesOf({ url, domain = DOMAINS[0], region }: AgoraPlace): string[] {
  if (url !== undefined) return [url.replace(/\/+$/, '')];
  const other = DOMAINS.find((one) => one !== domain)!;
  const own = addressOf(domain, region);
  const fallbacks = [own, addressOf(other, region)];
  if (region !== undefined) fallbacks.push(addressOf(domain, neighbourOf(region)));
  return [own, ...fallbacks];
}

function addressOf(domain: AgoraDomain, region?: AgoraApiRegion): string {
  return `https://api${region === undefined ? '' : `-${region}`}.${domain}`;
}

/** Neighbours stand side by side. */
function neighbourOf(region: AgoraApiRegion): AgoraApiRegion {
  const index = API_REGIONS.indexOf(region);
  return API_REGIONS[index % 2 === 0 ? index + 1 : index - 1]!;
}

/** A call that begins with less of its time than this would often end without an answer, which is worse than a refusal. */
const LEAST_SHARE = 0.5;

export interface Attempt {
  address: string;
  /** What is left for it. */
  deadlineMs: number;
}

/**
 * Sends to one address after the other until one is reached.
 * @throws VendorFailure of the only address, or of all, with `applied: 'no'`
 */
export async function firstReached<T>(
  addresses: readonly string[],
  deadlineMs: number = DEFAULT_DEADLINE_MS,
  attempt: (one: Attempt) => Promise<T>,
  clock: () => number = () => performance.now(),
): Promise<T> {
  const begun = clock();
  const unreached: VendorFailure[] = [];
  let former: string | undefined;
  for (const address of addresses) {
    const left = deadlineMs - (clock() - begun);
    if (unreached.length > 0 && left < deadlineMs * LEAST_SHARE) break;
    // One that did not take a connection in 5 s will not do so now, and the next one needs the time.
    if (address === former && unreached.at(-1)?.failure.vendor?.code === 'UND_ERR_CONNECT_TIMEOUT') continue;
    former = address;
    try {
      return await attempt({ address, deadlineMs: Math.max(1, Math.round(left)) });
    } catch (error) {
      if (!(error instanceof VendorFailure) || error.failure.code !== 'E_VENDOR_UNREACHABLE') throw error;
      unreached.push(error);
    }
  }
  throw new VendorFailure(failureOf(unreached));
}

function failureOf(unreached: VendorFailure[]): VendorFailure['failure'] {
  const failures = unreached.map(({ failure }) => failure);
  const [first] = failures;
  if (!first) throw new TypeError('There is no address to send to.');
  const operation = first.vendor?.operation ?? '';
  const sentences = failures.map(({ message }) => message.replace(`${operation}: `, '').replace(/\.$/, ''));
  return {
    ...first,
    message: `${operation}: ${[...new Set(sentences)].join('; ')}.`,
    // One that a person must mend is not the reason while another one fails by itself.
    who: failures.find(({ who }) => who !== 'you')?.who ?? 'you',
  };
}
