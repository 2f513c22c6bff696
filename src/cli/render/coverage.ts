/** What was recorded of a stretch of time, line by line, with the uncertainty of each edge and how we know. */
import type { TargetCoverage } from '../../client/types.ts';
import { evidenceText } from './ended.ts';
import {
  clock,
  clockOfDay,
  columns,
  count,
  day,
  lasting,
  localised,
  percent,
  withoutNote,
  wrapped,
} from './text.ts';

type Span = TargetCoverage['spans'][number];
type Gap = TargetCoverage['gaps'][number];
type Stretch = Pick<Gap, 'from' | 'to' | 'fromPlusMinusMs' | 'toPlusMinusMs'>;

/** Below this an edge is exact enough to leave its uncertainty out. */
const EXACT_MS = 500;
/** No line is longer. */
const LINE = 159;
/** The end of a longer name of a file is told. */
const NAME = 100;

/** One stretch: columns, and what is said of it, in pieces that are never broken. */
interface Row {
  cells: string[];
  pieces: string[];
  between: string;
}

export function coverageText(coverage: TargetCoverage, zone: string): string {
  const at = instants(coverage, zone);
  const day0 = Date.parse(coverage.from);
  const { totals } = coverage;
  const recorded =
    totals.windowMs > 0
      ? `${lasting(totals.recordedMs)} recorded = ${percent(totals.percent)}   of it ${evidenceText(totals.byEvidence)}`
      : unbegunText(coverage, at);
  return [
    `${at(coverage.from)} – ${at(coverage.to)} ${zone}   ${recorded}`,
    ...stretches(coverage, zone, at),
    ...coverage.overlaps.flatMap((one) => sentence('  ', overlapText(one, coverage, at))),
    ...coverage.writtenOff.flatMap((one) => sentence('  ', writtenOffText(one, at))),
    ...riskLines(coverage, zone),
    ...sessionLines(coverage),
    ...coverage.missing.flatMap((text) => sentence('  ! ', localised(withoutNote(text), zone, day0))),
  ].join('\n');
}

function unbegunText({ unbegun }: TargetCoverage, at: (instant: string) => string): string {
  return unbegun
    ? `never began: ${unbegun.text} (at ${at(unbegun.at)})`
    : 'nothing was asked for in this time';
}

/** Days are written where the answer spans more than one. */
function instants({ from, to }: TargetCoverage, zone: string): (instant: string) => string {
  const days = day(from, zone) !== day(to, zone);
  return (instant) => (days ? `${day(instant, zone)} ${clock(instant, zone)}` : clock(instant, zone));
}

function stretches(coverage: TargetCoverage, zone: string, at: (instant: string) => string): string[] {
  const several = coverage.sessions.length > 1;
  const names = new Map(coverage.sessions.map((one) => [one.sessionId, one.name]));
  const who = (sessionId: string | null): string[] =>
    several ? [(sessionId === null ? undefined : names.get(sessionId)) ?? ''] : [];
  const all = [
    ...recordingsOnce(joined(coverage.spans)).map((span) => ({
      from: span.from,
      row: spanRow(span, at, who(span.sessionId)),
    })),
    ...coverage.gaps.map((gap) => ({ from: gap.from, row: gapRow(gap, zone, at, who(gap.sessionId)) })),
  ];
  const rows = all.toSorted((a, b) => Date.parse(a.from) - Date.parse(b.from)).map((one) => one.row);
  return laidOut(rows);
}

/** It is long, and the same on every line of a take. */
function recordingsOnce(spans: Span[]): Span[] {
  const told = new Set<string>();
  return spans.map((span) => {
    const take = `${span.sessionId} ${span.take}`;
    if (told.has(take)) return { ...span, recording: null };
    told.add(take);
    return span;
  });
}

function laidOut(rows: Row[]): string[] {
  const prefixes = columns(
    rows.map((row) => [...row.cells, '.']),
    '  ',
  ).map((line) => line.slice(0, -1));
  return rows.flatMap(({ pieces, between }, i) =>
    filled(prefixes[i] ?? '', pieces, between).map((line) => line.trimEnd()),
  );
}

/** Goes on below itself where the line is full; further to the left where a piece would not fit there either. */
function filled(prefix: string, pieces: string[], between: string): string[] {
  const lines: string[] = [];
  let line = prefix;
  let empty = true;
  for (const piece of pieces) {
    const longer = `${line}${empty ? '' : between}${piece}`;
    if (longer.length <= LINE) line = longer;
    else {
      lines.push(line);
      line = `${' '.repeat(Math.max(4, Math.min(prefix.length, LINE - piece.length)))}${piece}`;
    }
    empty = false;
  }
  return [...lines, line];
}

function sentence(indent: string, text: string): string[] {
  return wrapped(text, LINE - indent.length).map(
    (line, i) => `${i === 0 ? indent : ' '.repeat(indent.length)}${line}`,
  );
}

/**
 * The session knows a running span in pieces, as far as each was proved; equal neighbours read as one. Between them
 * may stand pieces of another take, at a hand-over.
 */
function joined(spans: Span[]): Span[] {
  const whole: Span[] = [];
  for (const span of spans) {
    const last = whole.findLast((one) => one.sessionId === span.sessionId && one.take === span.take);
    const same = last && last.to === span.from && last.evidence === span.evidence;
    if (!same) whole.push({ ...span });
    else {
      const files = [...new Set([...last.files, ...span.files])];
      Object.assign(last, { to: span.to, toPlusMinusMs: span.toPlusMinusMs, open: span.open, files });
    }
  }
  return whole;
}

function spanRow(span: Span, at: (instant: string) => string, who: string[]): Row {
  const to = span.open ? 'now'.padEnd(at(span.to).length) : at(span.to);
  const last = span.files.at(-1);
  return {
    cells: [edges(at(span.from), to, span), ...who, `take ${span.take}`, span.evidence],
    pieces: [
      ...(last === undefined
        ? []
        : [count(span.files.length, 'file'), span.place === null ? fileName(last) : shortened(span.place)]),
      ...(span.recording === null ? [] : [span.recording]),
    ],
    between: '  ',
  };
}

function gapRow(gap: Gap, zone: string, at: (instant: string) => string, who: string[]): Row {
  return {
    cells: [edges(at(gap.from), at(gap.to), gap), ...who, 'gap', gap.cause],
    pieces: gap.detail === null ? [] : localised(gap.detail, zone, Date.parse(gap.from)).split(' '),
    between: ' ',
  };
}

/** Without its folders, which are the same for all. */
function fileName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const shown = shortened(name);
  return name === path ? shown : `…/${shown}`;
}

function shortened(name: string): string {
  return name.length > NAME ? `…${name.slice(-NAME)}` : name;
}

/** A stretch within one second is told by its length, since its edges read the same. */
function edges(from: string, to: string, edge: Stretch): string {
  const ms = Date.parse(edge.to) - Date.parse(edge.from);
  if (from === to) return `${from}${plusMinus(edge.fromPlusMinusMs)} for ${ms}ms`;
  return `${from}${plusMinus(edge.fromPlusMinusMs)} ─ ${to}${plusMinus(edge.toPlusMinusMs)}`;
}

/** Rounded up: an edge is never told to be surer than it is. */
function plusMinus(ms: number): string {
  return ms < EXACT_MS ? '' : ` ±${lasting(Math.ceil(ms / 1000) * 1000)}`;
}

function overlapText(
  { sessionId, take, former, from, to }: TargetCoverage['overlaps'][number],
  { sessions }: TargetCoverage,
  at: (instant: string) => string,
): string {
  const ms = Date.parse(to) - Date.parse(from);
  const name = sessions.length > 1 ? sessions.find((one) => one.sessionId === sessionId)?.name : undefined;
  const whose = name === undefined ? '' : `${name}: `;
  const long = ms < 1000 ? `${ms}ms` : lasting(ms);
  return `${whose}take ${take} overlaps take ${former} by ${long} from ${at(from)}: hand-over; it counts once`;
}

function writtenOffText(one: TargetCoverage['writtenOff'][number], at: (instant: string) => string): string {
  const bound = one.boundAt
    ? `the vendor ends it by ${at(one.boundAt)}`
    : 'nothing known ends it at the vendor';
  return `take ${one.take} was written off (${one.recording ?? 'never named'}): what it may hold is not counted; ${bound}`;
}

/** So many are told one by one; they may be thousands. */
const RISKS = 10;

/** A vendor that forgets is a deadline for whoever wants the file. */
function riskLines({ filesAtRisk, to }: TargetCoverage, zone: string): string[] {
  const told = filesAtRisk.slice(0, RISKS).flatMap(({ take, name, place, state, expiresAt, trouble }) => {
    const what = [
      `${name} of take ${take} is ${state === 'missing' ? 'missing' : 'not stored'}`,
      ...(place === null ? [] : [`it is at ${place}`]),
      ...(trouble === null ? [] : [trouble]),
      ...(expiresAt === null
        ? []
        : [`THE VENDOR DELETES IT at ${clockOfDay(expiresAt, zone, Date.parse(to))}`]),
    ];
    return sentence('  ! ', what.join('; '));
  });
  const more = filesAtRisk.length - RISKS;
  return more > 0 ? [...told, `  ! and ${count(more, 'file')} more (--json tells all)`] : told;
}

/** Which sessions the answer is made of; one that is over needs no line of its own. */
function sessionLines({ sessions }: TargetCoverage): string[] {
  if (sessions.length < 2) return [];
  const rows = sessions.map((one) => [
    one.name,
    one.sessionId,
    one.outcome ?? (one.live ? 'goes on' : 'not closed in the archive'),
  ]);
  return ['', ...columns(rows, '  ')];
}
