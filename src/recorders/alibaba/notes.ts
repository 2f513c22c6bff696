/** Callbacks of the last minutes, read back: they make up for those that were lost, and for having no gateway. */
import { alibabaIdentity, type AlibabaTarget } from '../../contract/vendors/alibaba.ts';
import { VendorFailure } from '../recorder.ts';
import { parsedEvent, type RecordEvent } from './events.ts';
import { apiOf, QUICK, wireTime, type AlibabaContext } from './handle.ts';

export interface Note {
  /** Whole seconds, by the vendor's clock. */
  at: number;
  type: string;
  event: RecordEvent;
}

/** One reading a minute of each domain, whoever looks. */
export const NOTES_EVERY_MS = 60_000;
/** Looks may come 5 minutes apart, and a reading may fail. */
const BACK_MS = 15 * 60_000;
const PAGE = 500;
const MOST_PAGES = 10;

interface Reading {
  readAt: number;
  notes: (Note & { app: string; stream: string })[];
}

/** What was told of this stream; null where nobody shares and the last reading is not a minute old. */
export async function notesOf(
  context: AlibabaContext,
  target: AlibabaTarget,
  lastReadAt: number,
): Promise<{ readAt: number; notes: Note[] } | null> {
  const { share, account } = context;
  if (!share) {
    if (context.now() - lastReadAt < NOTES_EVERY_MS) return null;
    return await read(context, target);
  }
  const key = `record callbacks/${alibabaIdentity(account)}/${target.playbackDomain}`;
  const { readAt, notes } = await share(key, NOTES_EVERY_MS, async () => {
    return await read(context, { playbackDomain: target.playbackDomain });
  });
  return {
    readAt,
    notes: notes.filter(({ app, stream }) => app === target.app && stream === target.stream),
  };
}

/** Without them a look says less, and no wrong thing: where they cannot be read there are none. */
async function read(
  context: AlibabaContext,
  target: Pick<AlibabaTarget, 'playbackDomain'> & Partial<AlibabaTarget>,
): Promise<Reading> {
  const readAt = context.now();
  const notes: Reading['notes'] = [];
  const { playbackDomain, app, stream } = target;
  const asked = {
    DomainName: playbackDomain,
    ...(app !== undefined && { AppName: app }),
    ...(stream !== undefined && { StreamName: stream }),
    StartTime: wireTime(readAt - BACK_MS),
    // Its clock may be a little ahead of ours.
    EndTime: wireTime(readAt + 60_000),
    PageSize: PAGE,
  };
  try {
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const { records, TotalPage = 1 } = await apiOf(context).call(
        'DescribeLiveRecordNotifyRecords',
        { ...asked, PageNumber: page },
        QUICK,
      );
      for (const { AppName, StreamName, NotifyType, NotifyContent, notifiedAt } of records) {
        const event = parsedEvent(NotifyContent);
        if (event) notes.push({ at: notifiedAt, type: NotifyType, event, app: AppName, stream: StreamName });
      }
      if (page >= TotalPage || records.length === 0) break;
    }
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
  }
  return { readAt, notes };
}
