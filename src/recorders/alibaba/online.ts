/** Which pushes there are. One reading of the list of a domain serves all sessions of this process. */
import { alibabaIdentity, type AlibabaTarget } from '../../contract/vendors/alibaba.ts';
import { apiOf, QUICK, triple, type AlibabaContext } from './handle.ts';

export interface Push {
  /** When it began; tells one push from the next. Epoch milliseconds, in whole seconds. */
  publishedAt: number;
  /** The ingest domain. */
  publishDomain: string;
}

/** What was found, and when it was read. */
export interface Sight {
  at: number;
  push: Push | null;
  requestId?: string;
}

/** DescribeLiveStreamsOnlineList, PageSize. */
const PAGE = 3_000;
/** A domain with more streams than this is asked stream by stream. */
const MOST_PAGES = 4;
/** Looks come every 10 s at the soonest. */
const FRESH_MS = 5_000;

/** Asked for this very stream: before it is commanded, its push must be known as it is now. */
export async function pushNow(context: AlibabaContext, target: AlibabaTarget): Promise<Sight> {
  const at = context.now();
  const { streams, RequestId } = await apiOf(context).call(
    'DescribeLiveStreamsOnlineList',
    // Without `strict` a name finds whatever holds it.
    { ...triple(target), StreamType: 'raw', QueryType: 'strict', PageSize: 100 },
    { ...QUICK, ...listening(context) },
  );
  return { at, push: latestOf(streams, target), ...(RequestId !== undefined && { requestId: RequestId }) };
}

/** As `pushNow`, from a reading that others have had within the last seconds, where there is one. */
export async function sightOf(context: AlibabaContext, target: AlibabaTarget): Promise<Sight> {
  const { share, account } = context;
  if (!share) return await pushNow(context, target);
  const key = `online streams/${alibabaIdentity(account)}/${target.playbackDomain}`;
  const list = await share(key, FRESH_MS, async () => await readList(context, target.playbackDomain));
  if (list.streams === null) return await pushNow(context, target);
  const push = latestOf(list.streams, target);
  return { at: list.at, push, ...(list.requestId !== undefined && { requestId: list.requestId }) };
}

interface Listed extends Push {
  AppName: string;
  StreamName: string;
  PublishDomain: string;
}

interface OnlineList {
  at: number;
  /** null: too many to be listed. */
  streams: Pick<Listed, 'AppName' | 'StreamName' | 'PublishDomain' | 'publishedAt'>[] | null;
  requestId?: string;
}

async function readList(context: AlibabaContext, domain: string): Promise<OnlineList> {
  const api = apiOf(context);
  const at = context.now();
  const streams: NonNullable<OnlineList['streams']> = [];
  for (let page = 1; ; page += 1) {
    // Nobody's own signal: the reading is for others too.
    const told = await api.call(
      'DescribeLiveStreamsOnlineList',
      { DomainName: domain, StreamType: 'raw', QueryType: 'strict', PageNum: page, PageSize: PAGE },
      QUICK,
    );
    const { TotalPage = 1, RequestId } = told;
    const requestId = RequestId === undefined ? {} : { requestId: RequestId };
    if (TotalPage > MOST_PAGES) return { at, streams: null, ...requestId };
    streams.push(...told.streams);
    if (page >= TotalPage || told.streams.length === 0) return { at, streams, ...requestId };
  }
}

/** One that is pushed anew may be listed twice for a moment. */
function latestOf(streams: NonNullable<OnlineList['streams']>, { app, stream }: AlibabaTarget): Push | null {
  const [latest] = streams
    .filter(({ AppName, StreamName }) => AppName === app && StreamName === stream)
    .toSorted((a, b) => b.publishedAt - a.publishedAt);
  return latest ? { publishedAt: latest.publishedAt, publishDomain: latest.PublishDomain } : null;
}

function listening({ signal }: AlibabaContext): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}
