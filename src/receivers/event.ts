/** A notice as receivers get it: CloudEvents 1.0, structured JSON. */
import { firstLine } from '../contract/lines.ts';
import type { Notice, NoticeSubject } from '../session/notices.ts';

export interface NoticeEvent {
  specversion: '1.0';
  /** The same for every repeat. */
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  /** Of one length, so that it sorts as text (the extension "sequence" of CloudEvents). */
  sequence: string;
  data: Record<string, unknown>;
}

const SEQUENCE_DIGITS = 16;

/** @param missed notices before this one that were given up */
export function eventOf(subject: NoticeSubject, notice: Notice, missed = 0): NoticeEvent {
  return {
    specversion: '1.0',
    id: `${subject.id}-${notice.sequence}`,
    source: subject.source,
    type: `keeprolling.${subject.type}.${notice.kind}`,
    subject: subject.id,
    time: new Date(notice.at).toISOString(),
    datacontenttype: 'application/json',
    sequence: String(notice.sequence).padStart(SEQUENCE_DIGITS, '0'),
    data: { text: firstLine(notice.text), ...subject.about, ...notice.data, ...(missed > 0 && { missed }) },
  };
}
