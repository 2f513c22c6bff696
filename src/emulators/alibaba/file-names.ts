/** Names of objects, made of the prefixes of a config. */
import type { AlibabaConfig } from './options.ts';
import type { OpenFile, Triple } from './state.ts';

/** What a prefix becomes when the file is closed; the ending is the format's. */
export function fileName(config: AlibabaConfig, { app, name }: Triple, file: OpenFile): string {
  const { output, sequence, startedAt, endedAt } = file;
  const [start, end] = [localTime(config, startedAt), localTime(config, endedAt)];
  const values: Record<string, string> = {
    AppName: app,
    StreamName: name,
    Sequence: String(sequence),
    StartTime: start,
    EndTime: end,
    EscapedStartTime: start.replaceAll(':', '-'),
    EscapedEndTime: end.replaceAll(':', '-'),
  };
  const path = output.prefix.replaceAll(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
  const template = output.template === undefined ? '' : `_${output.template}`;
  return `${path}${template}.${output.format === 'cmaf' ? 'm3u8' : output.format}`;
}

/** `2017-03-08-23:09:46` for 15:09:46 UTC, as in the vendor's example of a callback. */
function localTime({ zoneOffsetMinutes }: AlibabaConfig, at: number): string {
  const local = new Date(at + zoneOffsetMinutes * 60_000).toISOString();
  return `${local.slice(0, 10)}-${local.slice(11, 19)}`;
}
