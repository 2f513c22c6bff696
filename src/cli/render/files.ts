/** `files` for people: counts, what is missing, deadlines, and where manifest and playlist are. */
import type { ManifestFile, RetriedFiles, SessionFiles } from '../../client/types.ts';
import { clockOfDay, columns, localised } from './text.ts';

interface Reader {
  now: number;
  zone: string;
}

/** So many names stand on the screen; `--json` has more. */
const NAMES = 20;

export function filesText(found: SessionFiles, reader: Reader): string {
  const { name, from, settled, takes, atRisk, missing, manifest, playlist, troubles, files } = found;
  const state = settled
    ? 'the last word'
    : from === 'keeper'
      ? 'still being looked after'
      : 'as of the last look';
  const at = (instant: string): string => clockOfDay(instant, reader.zone, reader.now);
  const rows = takes.map((one) => [
    `take ${one.take}`,
    `${countsText(one.counts)}${one.told === undefined ? '' : ` (its session was told of ${one.told})`}`,
    one.nextLookAt === null ? '' : `${one.running ? 'runs, ' : ''}next look ${at(one.nextLookAt)}`,
  ]);
  const places = [
    ['manifest', manifest ?? 'none: no archive is configured'],
    ...(playlist ? [['playlist', 'why' in playlist ? `none: ${playlist.why}` : playlist.place]] : []),
  ];
  return [
    `${name}: ${countsText(found.counts)}, ${state}`,
    ...(found.recordedBy ? [`  files of ${found.recordedBy.name}, which has recorded this window too`] : []),
    ...columns(rows, '  '),
    ...listed(
      'at risk',
      atRisk.map((file) => riskText(file, at)),
    ),
    ...listed(`missing (${found.counts.missing})`, missing),
    ...troubles.map((trouble) => `trouble: ${localised(trouble, reader.zone, reader.now)}`),
    ...columns(places, '  '),
    ...(files ?? []).map((file) => `  ${fileText(file, at)}`),
  ].join('\n');
}

export function retriedText({ name, how, takes }: RetriedFiles): string {
  if (how === 'nothing') return `${name}: all files are stored, there is nothing to look at again`;
  const which = takes === null ? 'what is missing or not stored' : `${takes} take${takes === 1 ? '' : 's'}`;
  return `${name}: ${which} is looked at again${how === 'begun' ? ', by a new run' : ''}; see keeprolling files`;
}

function countsText({ files, stored, named, open, missing }: SessionFiles['counts']): string {
  const parts = [
    `${stored} stored`,
    ...(named > 0 ? [`${named} named`] : []),
    ...(open > 0 ? [`${open} open`] : []),
    ...(missing > 0 ? [`${missing} missing`] : []),
  ];
  return `${files} file${files === 1 ? '' : 's'}: ${parts.join(', ')}`;
}

function listed(title: string, lines: string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > NAMES ? [`    and ${lines.length - NAMES} more`] : [];
  return [`  ${title}`, ...lines.slice(0, NAMES).map((line) => `    ${line}`), ...more];
}

function riskText(
  { name, state, expiresAt, trouble }: ManifestFile,
  at: (instant: string) => string,
): string {
  const until = expiresAt === null ? '' : `, deleted by the vendor ${at(expiresAt)}`;
  return `${name}: ${state}${until}${trouble === null ? '' : `, ${trouble}`}`;
}

function fileText(file: ManifestFile, at: (instant: string) => string): string {
  const { name, state, by, from, durationMs, bytes, quality, place } = file;
  const more = [
    state,
    by === 'head' ? 'seen in the bucket' : null,
    from === null ? null : at(from),
    durationMs === null ? null : `${(durationMs / 1000).toFixed(0)} s`,
    bytes === null ? null : `${(bytes / 1e6).toFixed(1)} MB`,
    quality,
    place,
  ];
  return [name, ...more.filter((one) => one !== null)].join('  ');
}
