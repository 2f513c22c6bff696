/** DescribeLiveRecordNotifyRecords: every callback about a recording of the last 7 days, those that nobody took among them. */
import { integer, paged, playDomain, range, required, type Parameters } from './parameters.ts';
import { refuse } from './reply.ts';
import type { AlibabaState, NotifyRecord } from './state.ts';
import { writeTime } from './times.ts';

const WEEK_DAYS = 7;

export function describeNotifyRecords(state: AlibabaState, parameters: Parameters): Record<string, unknown> {
  const { play } = playDomain(state, parameters);
  const { from, to } = range(state, parameters, WEEK_DAYS);
  const weekAgo = state.at - WEEK_DAYS * 86_400_000;
  if (to <= weekAgo)
    refuse(400, 'InvalidStartTime.Mismatch', 'Specified StartTime does not math the current time.');
  // The text gives defaults and yet marks both as required.
  if (state.config.unknowns.notifyPaging === 'required')
    for (const name of ['PageNumber', 'PageSize']) required(state, parameters, name);
  integer(parameters, 'PageNumber', { usual: 1, min: 1, max: 100_000 });
  const wanted = (name: string, value: string): boolean => {
    const asked = parameters.get(name) ?? '';
    return asked === '' || asked === value;
  };
  const storage = parameters.get('StorageType') ?? 'all';
  const found = state.notifyRecords
    .filter(
      (record) =>
        record.domain === play &&
        record.at >= Math.max(from, weekAgo) &&
        record.at <= to &&
        storage !== 'vod' &&
        wanted('Status', record.status) &&
        wanted('AppName', record.app) &&
        wanted('StreamName', record.name),
    )
    .toSorted((a, b) => a.at - b.at);
  const { rows, fields } = paged(found, parameters, { usual: 20, min: 1, max: 500 }, 'PageNumber');
  return { Code: 0, Msg: 'OK', CallbackList: rows.map(described), ...fields };
}

function described(record: NotifyRecord): Record<string, unknown> {
  return {
    AppName: record.app,
    StreamName: record.name,
    DomainName: record.domain,
    Description: '',
    NotifyContent: record.content,
    NotifyHeader: record.headers,
    NotifyResponse: record.response,
    NotifyResult: record.status,
    NotifyTime: writeTime(record.at),
    NotifyType: record.type,
    NotifyUrl: record.url,
    StorageType: 'oss',
  };
}
