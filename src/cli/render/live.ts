/** Status of a session whose workflow has answered. */
import type { SessionStatus } from '../../client/types.ts';
import { firstLine } from '../../contract/lines.ts';
import { mostUrgent } from '../../session/troubles.ts';
import type { StatusView, TakeView } from '../../session/views.ts';
import type { Reader } from './status.ts';
import { gapsText, sessionText } from './pieces.ts';
import {
  clockOfDay,
  columns,
  count,
  lasting,
  localised,
  percent,
  since,
  spread,
  upperFirst,
  withoutNote,
  WIDTH,
} from './text.ts';
import { awaited, mustAct, remedyFor, standstill } from './who.ts';

const SHOWN_COMMANDS = 2;
const SHOWN_NEXT = 3;
/** Due times that are keeprolling's own housekeeping. */
const HOUSEKEEPING = new Set(['answer', 'new run']);
/** A call that takes longer than this is worth a line. */
const SLOW_CALL_MS = 3_000;

export function liveBlock(status: SessionStatus, view: StatusView, reader: Reader): string {
  const zone = view.window.zone;
  const at = (instant: string): string => clockOfDay(instant, zone, reader.now);
  const { silent } = status;
  const right = silent
    ? `${silentWords(silent.part)}${silent.queue ? ` on queue ${silent.queue}` : ''}`
    : whoActs(view, at);
  const rows = [
    ['session', sessionText(status, view)],
    ['window', windowText(view, reader.now)],
    ...proofRows(status, view, reader.now),
    ['source', sourceText(view, reader.now)],
    ...workRows(view, at),
    ...claimRows(view, reader.now),
    ['so far', soFarText(view)],
    ...storageRows(view, reader.now),
    ...changeRows(view),
    ...accountRows(view),
    ...limitRows(view, reader.now),
    ...writtenOffRows(view, at),
    ...callRows(view, reader.now),
    ...commandRows(view, reader.now),
    ...nextRows(view, reader.now),
    ...neighbourRows(view, reader.now),
  ];
  return [
    spread(headline(view, at, reader.now), right, WIDTH),
    ...(silent ? [`  ${upperFirst(localised(withoutNote(silent.text), zone, reader.now))}`] : []),
    ...troubleLines(view, zone, at, reader.now),
    ...columns(rows, '  '),
  ].join('\n');
}

/** A missing source is no trouble of the session, and still nothing is being recorded. */
function whoActs(view: StatusView, at: (instant: string) => string): string {
  const worst = mostUrgent(view.troubles);
  const missing = view.source.state === 'down' && view.desired.state === 'recording';
  if (view.maintenance && (worst || missing)) return awaited(at(view.maintenance.until));
  return mustAct(worst?.who ?? (missing && view.phase === 'recording' ? 'source' : undefined));
}

export function silentWords(part: NonNullable<SessionStatus['silent']>['part']): string {
  return part === 'server' ? 'NO TEMPORAL SERVER ANSWERS' : 'NO WORKER ANSWERS';
}

function headline(view: StatusView, at: (instant: string) => string, now: number): string {
  const phase = [view.phase.toUpperCase(), ...view.conditions].join(', ');
  const take = currentTake(view);
  const from = (view.phase === 'recording' ? take?.since : null) ?? view.phaseSince;
  const what = take && view.phase !== 'waiting' ? `take ${take.number}, ` : waitingFor(view, now);
  return `${phase}   ${what}since ${at(from)} (${since(from, now)})`;
}

function waitingFor(view: StatusView, now: number): string {
  if (view.phase !== 'waiting') return '';
  if (Date.parse(view.window.recordingFrom) > now) return 'for the window, ';
  return `${standstill(view.troubles) ?? 'for the source'}, `;
}

function currentTake(view: StatusView): TakeView | undefined {
  return view.takes.findLast((take) => take.status !== 'written-off');
}

function windowText({ window }: StatusView, now: number): string {
  const { zone } = window;
  const clock = (instant: string): string => clockOfDay(instant, zone, now, false);
  const end = window.until ?? window.limit;
  const parts = [`${clock(window.from)} → ${end === null ? 'no end' : clock(end)} ${zone}`];
  const beginsIn = Date.parse(window.from) - now;
  const left = end === null ? null : Date.parse(end) - now;
  if (beginsIn > 0) parts.push(`begins in ${lasting(beginsIn)}`);
  else if (left !== null) parts.push(left > 0 ? `${lasting(left)} left` : `ended ${lasting(-left)} ago`);
  if (window.overrunMs > 0) {
    parts.push(`${left !== null && left > 0 ? 'then ' : ''}up to ${lasting(window.overrunMs)} overrun`);
  }
  if (window.limit !== null && window.until !== null) parts.push(`for good at ${clock(window.limit)}`);
  return parts.join(', ');
}

/** The last look is newer than what the session was told: looks that find all as believed are not told to it. */
function proofRows({ look }: SessionStatus, view: StatusView, now: number): string[][] {
  const take = currentTake(view);
  if (take === undefined && look === null) return [];
  const { zone } = view.window;
  const next =
    look?.nextAt && Date.parse(look.nextAt) > now ? `; next look ${clockOfDay(look.nextAt, zone, now)}` : '';
  if (take?.suspectSince) {
    const doubt = `IN DOUBT since ${clockOfDay(take.suspectSince, zone, now)} (${since(take.suspectSince, now)})`;
    return [['proof', `${doubt}${next}`]];
  }
  const proved =
    take?.evidence && take.provedTo ? `${take.evidence} up to ${clockOfDay(take.provedTo, zone, now)}` : '';
  if (take && take.status !== 'open') {
    return [['proof', [`take ${take.number} is ${take.status}`, proved].filter(Boolean).join('; ')]];
  }
  if (take?.actual === 'presumed') {
    const known = look ? withoutNext(look.sentence) : 'accepted';
    const before = take.evidence === 'inferred' || proved === '' ? '' : `; ${proved}`;
    return [['proof', `inferred: ${known}${before}${next}`]];
  }
  const how = look ? ` (${withoutNext(look.sentence)})` : '';
  if (take && take.actual !== 'recording') {
    const last = proved === '' ? 'nothing recorded in it yet' : proved;
    return [
      [
        'proof',
        `take ${take.number} is ${take.actual ?? 'accepted, and not proved yet'}, ${last}${how}${next}`,
      ],
    ];
  }
  const lastAt = latest(take?.provedTo ?? null, look?.at ?? null);
  if (take?.evidence && lastAt) return [['proof', `${take.evidence} ${since(lastAt, now)} ago${how}${next}`]];
  return [['proof', `nothing is proved${how}${next}`]];
}

function latest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) >= Date.parse(b) ? a : b;
}

/** The sentence of a look ends with the next one, in UTC; the line has it in its own zone. */
export function withoutNext(sentence: string): string {
  return sentence.replace(/,? next look [\d:]+ UTC$/, '');
}

function sourceText({ source, window }: StatusView, now: number): string {
  const when = source.since ? ` since ${clockOfDay(source.since, window.zone, now)}` : '';
  const state =
    source.state === 'unknown' ? 'not known yet' : `${source.state === 'up' ? 'up' : 'MISSING'}${when}`;
  const away = source.state === 'down' && source.since ? ` (${since(source.since, now)})` : '';
  const drops =
    source.drops > 0 ? `; ${count(source.drops, 'drop')}, longest ${lasting(source.longestMs)}` : '';
  return `${state}${away}${drops}`;
}

function workRows({ maintenance }: StatusView, at: (instant: string) => string): string[][] {
  if (maintenance === null) return [];
  const { until, by, reason } = maintenance;
  return [['work', `announced until ${at(until)}, by ${by}${reason === null ? '' : `: ${reason}`}`]];
}

/** As a session calls an owner that its specification does not name. */
const NOBODY = 'owner';

/** A claim of the owner alone is the window's own. */
function claimRows({ claims, window, owner }: StatusView, now: number): string[][] {
  const own = claims.length === 1 && claims[0]!.owner === (owner ?? NOBODY);
  if (claims.length === 0 || own) return [];
  const clock = (instant: string): string => clockOfDay(instant, window.zone, now, false);
  const texts = claims.map(({ owner: by, until, name }) => {
    const end = until === null ? '' : ` until ${clock(until)}`;
    return `${by}${end} (${name})`;
  });
  return [['wanted', `by ${texts.join(', ')}`]];
}

const BECOMES: Record<StatusView['neighbours'][number]['word'], string> = {
  yields: 'takes over',
  queued: 'waits until this one is over',
  joined: 'is recorded too',
  skipped: 'is left out',
  own: 'is this session',
  freed: 'begins',
};

/** What else is to be recorded of the target. */
function neighbourRows({ neighbours, window }: StatusView, now: number): string[][] {
  const texts = neighbours.map(
    ({ from, name, word }) => `${clockOfDay(from, window.zone, now, false)} ${name} ${BECOMES[word]}`,
  );
  return texts.length === 0 ? [] : [['then', texts.join(', ')]];
}

function soFarText({ soFar, takes }: StatusView): string {
  const files = takes.reduce((sum, take) => sum + take.files, 0);
  const named =
    files > 0 ? `; ${count(files, 'file')} named in ${takes.length === 1 ? 'this take' : 'these takes'}` : '';
  return `${percent(soFar.percent)}   ${lasting(soFar.recordedMs)} recorded, ${gapsText(soFar.gapMs)}${named}`;
}

function storageRows(view: StatusView, now: number): string[][] {
  const take = currentTake(view);
  const wanted = view.storage.destination;
  const used = take?.status === 'open' ? take.storage : wanted;
  const place =
    used === wanted ? (used ?? '') : `${used ?? 'no destination'} → ${wanted ?? 'none'}, by the next take`;
  const parts = [place, ...credentialParts(take, view, now)].filter(Boolean);
  return parts.length === 0 ? [] : [['storage', parts.join('; ')]];
}

/** Credentials are proved by a write to the destination when they are minted. */
function credentialParts(take: TakeView | undefined, { next, window }: StatusView, now: number): string[] {
  if (!take?.credentialsUntil) return [];
  const clock = (instant: string): string => clockOfDay(instant, window.zone, now, false);
  const left = Date.parse(take.credentialsUntil) - now;
  const life = left > 0 ? lasting(left) : 'ENDED';
  const refresh = next.find((due) => due.what === 'refresh');
  const parts = [
    `credentials until ${clock(take.credentialsUntil)} (${life})`,
    ...(take.credentialsSince ? [`minted ${since(take.credentialsSince, now)} ago`] : []),
    ...(refresh ? [`next refresh ${clock(refresh.at)}`] : []),
  ];
  return [parts.join(', ')];
}

/** What somebody has changed since the start. */
function changeRows({ settings }: StatusView): string[][] {
  const kinds = Object.entries(settings)
    .filter(([kind]) => kind !== 'storage')
    .map(([kind, { revision }]) => `${kind}${revision > 0 ? ` (revision ${revision})` : ''}`);
  return kinds.length === 0 ? [] : [['changed', kinds.join(', ')]];
}

/** What stands in the vendor's account because of this session. */
function accountRows({ accountChanges, troubles }: StatusView): string[][] {
  const stays = troubles.some(({ about }) => about === 'release') ? '; STILL THERE' : '; taken away again';
  return accountChanges.map(({ action, what, where, released }, i) => [
    i === 0 ? 'account' : '',
    `${MADE[action]} ${what} of ${where}${released ? stays : ''}`,
  ]);
}

const MADE: Record<StatusView['accountChanges'][number]['action'], string> = {
  create: 'made',
  update: 'changed',
  delete: 'deleted',
  'cut-off': 'cut off',
};

function limitRows(view: StatusView, now: number): string[][] {
  return view.takes
    .filter((take) => take.status === 'open' && take.endsAt !== null && Date.parse(take.endsAt) > now)
    .map((take) => [
      'limit',
      `take ${take.number} can last until ${clockOfDay(take.endsAt!, view.window.zone, now, false)} (${lasting(Date.parse(take.endsAt!) - now)}) at the vendor`,
    ]);
}

function writtenOffRows(view: StatusView, at: (instant: string) => string): string[][] {
  return view.takes
    .filter((take) => take.status === 'written-off')
    .map((take) => [
      'orphan',
      `take ${take.number} is written off; ${take.boundAt ? `the vendor ends it by ${at(take.boundAt)}` : 'nothing known ends it at the vendor'}`,
    ]);
}

function callRows({ lane }: StatusView, now: number): string[][] {
  if (lane === null || now - Date.parse(lane.since) < SLOW_CALL_MS) return [];
  return [['calling', `${lane.op} of take ${lane.take}, sent ${since(lane.since, now)} ago`]];
}

function commandRows({ log, window }: StatusView, now: number): string[][] {
  return log
    .filter((entry) => entry.kind === 'command')
    .slice(-SHOWN_COMMANDS)
    .map((entry, i) => [
      i === 0 ? 'commands' : '',
      `${clockOfDay(entry.at, window.zone, now, false)} ${localised(entry.text, window.zone, now)}`,
    ]);
}

function nextRows({ next, window }: StatusView, now: number): string[][] {
  const shown = next.filter((due) => !HOUSEKEEPING.has(due.what)).slice(0, SHOWN_NEXT);
  if (shown.length === 0) return [];
  return [
    [
      'next',
      shown.map((due) => `${clockOfDay(due.at, window.zone, now, false)} ${dueText(due, window)}`).join(', '),
    ],
  ];
}

/** Padding and overrun go on beyond the end of the window: what comes then is the stop. */
export function dueText({ at, what }: StatusView['next'][number], window: StatusView['window']): string {
  const end = window.until ?? window.limit;
  const later = what === 'window ends' && end !== null && Date.parse(at) !== Date.parse(end);
  return later ? 'recording stops' : what;
}

function troubleLines(
  view: StatusView,
  zone: string,
  at: (instant: string) => string,
  now: number,
): string[] {
  return view.troubles.flatMap((one) => {
    const times = one.times > 1 ? `, ${one.times} times` : '';
    const remedy = view.maintenance ? undefined : remedyFor(one.code, view.sessionId);
    return [
      `  ! ${one.who}: ${localised(firstLine(one.text), zone, now)}   ${one.code}, since ${at(one.since)}${times}`,
      ...(remedy ? [`      → ${remedy}`] : []),
    ];
  });
}
