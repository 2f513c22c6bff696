/** What is being pushed now: of one stream, or of all streams of an app in one reading. */
import { isRefusal } from './errors.ts';
import { apiOf, QUICK, triple, type HuaweiContext, type HuaweiSubject } from './handle.ts';
import { endpointOf } from './api.ts';
import { huaweiInstant, type HuaweiStream } from './wire.ts';

export interface Push {
  /** `start_time`, as Huawei writes it: another one is another push. */
  push: string;
  /** The same, epoch milliseconds; undefined where it cannot be read. */
  at?: number;
}

/** Asked anew. null: nobody pushes it. @throws VendorFailure */
export async function pushOf(
  context: HuaweiContext,
  subject: HuaweiSubject,
): Promise<{ push: Push | null; requestId?: string }> {
  const api = apiOf(context);
  try {
    const { streams, requestId } = await api.listStreams({ ...triple(subject), limit: 100 }, QUICK);
    const found = streams.find((one) => isStream(one, subject));
    return { push: found ? pushFrom(found) : null, ...(requestId !== undefined && { requestId }) };
  } catch (error) {
    // "Terraform treats some as the domain being gone": then nobody pushes to it.
    if (isRefusal(error, 'missing')) return { push: null };
    throw error;
  }
}

export interface Reading {
  /** When it began. */
  at: number;
  pushes: ReadonlyMap<string, Push>;
  /** In one page: what several pages do not show may have moved between them. */
  isWhole: boolean;
}

const PAGE = 100;
/** 20,000 streams of one app: nobody has more. */
const MOST_PAGES = 200;

/** Of all streams of the domain's app, shared by the sessions of this process. @throws VendorFailure */
export async function readingOf(
  context: HuaweiContext,
  subject: HuaweiSubject,
  maxAgeMs: number,
): Promise<Reading> {
  const { account, share } = context;
  const { publishDomain, app } = subject.target;
  const read = (): Promise<Reading> => readAll(context, subject);
  if (!share) return await read();
  const place = [endpointOf(fieldsOf(account)), account.projectId, publishDomain.toLowerCase(), app];
  return await share(`streams/${place.map(encodeURIComponent).join('/')}`, maxAgeMs, read);
}

function fieldsOf({ url, region }: HuaweiContext['account']): { url?: string; region?: string } {
  return { ...(url !== undefined && { url }), ...(region !== undefined && { region }) };
}

async function readAll(context: HuaweiContext, { target }: HuaweiSubject): Promise<Reading> {
  const at = context.now();
  const api = apiOf(context);
  // A reading that others wait for is not cut by one of them.
  const how = { ...QUICK, ...(context.signal && !context.share && { signal: context.signal }) };
  const pushes = new Map<string, Push>();
  let pages = 0;
  for (let offset = 0; pages < MOST_PAGES; offset += PAGE) {
    const asked = { publish_domain: target.publishDomain, app: target.app, offset, limit: PAGE };
    const { streams, total = 0 } = await api.listStreams(asked, how);
    pages += 1;
    for (const one of streams) if (one.app === target.app) pushes.set(one.stream, pushFrom(one));
    if (streams.length < PAGE && offset + streams.length >= total) break;
    if (streams.length === 0) break;
  }
  return { at, pushes, isWhole: pages === 1 };
}

function isStream(one: HuaweiStream, { target }: HuaweiSubject): boolean {
  const { publishDomain, app, stream } = target;
  const sameDomain = one.publish_domain.toLowerCase() === publishDomain.toLowerCase();
  return sameDomain && one.app === app && one.stream === stream;
}

function pushFrom({ start_time: push }: HuaweiStream): Push {
  const at = huaweiInstant(push);
  return { push, ...(at !== undefined && { at }) };
}
