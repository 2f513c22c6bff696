/** The timeline of a session in sentences, by day, and at its end what is wrong now and who must act. */
import type { Explanation } from '../../client/types.ts';
import { firstLine } from '../../contract/lines.ts';
import { outcomeOf } from './ended.ts';
import { gapsText, sessionText } from './pieces.ts';
import type { Reader } from './status.ts';
import {
  clock,
  clockOfDay,
  day,
  lasting,
  localised,
  percent,
  since,
  upperFirst,
  withoutNote,
  wrapped,
} from './text.ts';
import { awaited, mustAct, remedyFor, standstill } from './who.ts';

const LINE = 110;

export function explanationText(explanation: Explanation, { now, zone: own }: Reader): string {
  const { status, timeline, missing } = explanation;
  const reader = { now, zone: status.zone ?? own };
  const { zone } = reader;
  return [
    sessionText(status, status.view),
    `times are those of ${zone}`,
    ...timelineLines(timeline, zone),
    '',
    ...wrapped(conclusion(explanation, reader), LINE),
    ...needLines(explanation, reader),
    ...missing.flatMap((text) => hanging('  ! ', localised(withoutNote(text), zone, now))),
  ].join('\n');
}

function timelineLines(timeline: Explanation['timeline'], zone: string): string[] {
  let shown = '';
  return timeline.flatMap(({ at, text }) => {
    const on = day(at, zone);
    const heading = on === shown ? [] : ['', on];
    shown = on;
    // Another day than that of the line is written out.
    return [...heading, ...hanging(`  ${clock(at, zone)}  `, localised(text, zone, Date.parse(at)))];
  });
}

function hanging(first: string, text: string): string[] {
  const indent = ' '.repeat(first.length);
  return wrapped(text, LINE - first.length).map((line, i) => `${i === 0 ? first : indent}${line}`);
}

function conclusion(explanation: Explanation, reader: Reader): string {
  return [standing(explanation, reader), ...recorded(explanation), acting(explanation, reader)].join(' ');
}

function standing({ status }: Explanation, { now, zone }: Reader): string {
  const { view, lastKnown, startAt } = status;
  const at = (instant: string): string => clockOfDay(instant, zone, now);
  if (status.ended) {
    const outcome = outcomeOf(status);
    return outcome === null
      ? 'It is over, and its workflow was ended from outside: how is not known.'
      : `It is over: ${outcome}${status.totals ? `, ${status.totals.verdict}` : ''}.`;
  }
  if (status.source === 'scheduled' && startAt !== null)
    return `It is scheduled and starts at ${at(startAt)}; until then nothing is called, and its target is free.`;
  if (view !== null && status.source === 'live') {
    const stands = view.phase === 'waiting' ? standstill(view.troubles) : null;
    return `Now it is ${[view.phase, ...view.conditions].join(', ')}, since ${at(view.phaseSince)} (${since(view.phaseSince, now)})${stands === null ? '' : `: ${stands}`}.`;
  }
  if (lastKnown === null) return 'How it stands is not known.';
  const { phase, conditions, asOf } = lastKnown;
  return `When it was last heard of, at ${at(asOf)} (${since(asOf, now)} ago), it was ${[phase, ...conditions].join(', ')}.`;
}

function recorded({ totals, status }: Explanation): string[] {
  const { recordedMs, windowMs, gapMs } = totals;
  if (windowMs <= 0) return [];
  const so = status.ended ? '' : ' so far';
  return [
    `Recorded${so}: ${lasting(recordedMs)} of ${lasting(windowMs)}, ${percent(totals.percent)}; ${gapsText(gapMs)}.`,
  ];
}

function acting({ needs, status }: Explanation, { now, zone }: Reader): string {
  const work = workUntil(status, now);
  const expected = work !== null && status.silent === null && needs.length > 0;
  if (expected) return `${upperFirst(awaited(clockOfDay(work, zone, now)))}.`;
  return `${upperFirst(mustAct(needs[0]?.who))}.`;
}

function workUntil({ ended, view, lastKnown }: Explanation['status'], now: number): string | null {
  const until = view?.maintenance?.until ?? lastKnown?.maintenance?.until ?? null;
  return !ended && until !== null && Date.parse(until) > now ? until : null;
}

function needLines({ needs, status }: Explanation, { now, zone }: Reader): string[] {
  return needs.flatMap(({ who, text, code, since: begun }) => {
    const when = begun === null ? '' : `, since ${clockOfDay(begun, zone, now)} (${since(begun, now)})`;
    const remedy = code === null ? undefined : remedyFor(code, status.sessionId);
    const note = code === null ? '' : `   ${code}`;
    return [
      ...hanging(`  ${who}: `, `${localised(firstLine(withoutNote(text)), zone, now)}${note}${when}`),
      ...(remedy === undefined ? [] : [`      → ${remedy}`]),
    ];
  });
}
