/**
 * The info file of a record (`infoPath`): one entry for each closed file, with its times. It is the only place that has
 * those of all files (OvenMediaEngine v0.20.0, file_export.cpp).
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileSeen } from '../../session/facts.ts';
import { inside, type TakeFiles } from './files.ts';

type Times = Required<Pick<FileSeen, 'from' | 'to' | 'durationMs'>>;

/** Files with their times, as far as the info file has them. One that cannot be read says nothing. */
export async function withTimes(
  recordsDir: string,
  of: TakeFiles,
  files: FileSeen[],
  skewMs: number,
): Promise<FileSeen[]> {
  if (files.every(({ from, to }) => from !== undefined && to !== undefined)) return files;
  const path = inside(recordsDir, `${dirname(of.template)}/${of.id}.xml`);
  const text = path === null ? '' : await readFile(path, 'utf8').catch(() => '');
  const times = timesIn(text, skewMs);
  return files.map((file) => (file.state === 'open' ? file : { ...file, ...times.get(file.name) }));
}

function timesIn(text: string, skewMs: number): Map<string, Times> {
  const times = new Map<string, Times>();
  for (const [, entry = ''] of text.matchAll(/<file>([^]*?)<\/file>/g)) {
    const name = /<filePath><!\[CDATA\[(.*?)\]\]>/.exec(entry)?.[1];
    const start = Date.parse(field(entry, 'startTime'));
    const durationMs = Number(field(entry, 'recordTime'));
    if (name === undefined || Number.isNaN(start) || !(durationMs > 0)) continue;
    const from = start - skewMs;
    times.set(name, { from, to: from + durationMs, durationMs });
  }
  return times;
}

function field(entry: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(entry)?.[1] ?? '';
}
