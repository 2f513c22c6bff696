/** What a sweep has found: what is left over first, then what is ours and well, then what nobody can look at. */
import type { Finding, Sweep, SweptAccountView, Unproved } from '../../sweeper/types.ts';
import type { Reader } from './status.ts';
import { clock, clockOfDay, columns, count, since, spread, WIDTH } from './text.ts';

/** It goes on, and no session has it. */
export function isLeftOver({ state, stopped }: Finding): boolean {
  return state !== 'session-open' && stopped === null;
}

export function sweepText(sweep: Sweep, reader: Reader): string {
  return [...bodyOf(sweep, reader), ...advice(sweep, reader)].join('\n');
}

function bodyOf(sweep: Sweep, reader: Reader): string[] {
  const { findings, unproved, accounts, archiveProblem } = sweep;
  const time = `${clock(sweep.at, reader.zone)} ${reader.zone}`;
  const rows = findings.toSorted((a, b) => Number(isLeftOver(b)) - Number(isLeftOver(a)));
  return [
    spread(headline(sweep), `${time}  ${count(accounts.length, 'account')}`, WIDTH),
    ...columns(table(rows, reader), '  '),
    ...(unproved.length > 0 ? ['cannot be looked at; no open session, and no proof of an end:'] : []),
    ...columns(
      unproved.map((one) => unprovedRow(one, reader)),
      '  ',
    ),
    ...accounts.flatMap(accountLines),
    ...(archiveProblem ? [`  ! archive: ${archiveProblem.text}`] : []),
  ];
}

/** The same after the first of two passes, and when the second one comes. */
export function firstPassText(first: Sweep, reader: Reader): string {
  const { nextAt } = first;
  const when = nextAt === null ? '' : ` at ${clockOfDay(nextAt, reader.zone, reader.now)}`;
  return `${bodyOf(first, reader).join('\n')}\nthat was the first pass; the second one comes${when}, and stops what has no session then either`;
}

const AS_FAR = ', as far as could be asked';

function isWhole(accounts: SweptAccountView[]): boolean {
  return accounts.every(({ problem }) => problem === null);
}

function headline({ findings, installation, adopted, accounts }: Sweep): string {
  const whose = adopted === null ? installation : `${installation} and ${adopted}`;
  const left = findings.filter(isLeftOver).length;
  const stopped = findings.filter((one) => one.stopped !== null).length;
  const done = stopped === 0 ? '' : `, ${stopped} stopped`;
  if (left === 0) return `nothing of ${whose} is left over${done}${isWhole(accounts) ? '' : AS_FAR}`;
  const what = count(left, 'recording');
  return `${what} of ${whose} ${left === 1 ? 'has' : 'have'} no session${done}`;
}

function table(findings: Finding[], reader: Reader): string[][] {
  if (findings.length === 0) return [];
  return [
    ['STATE', 'ACCOUNT', 'SESSION', 'TAKE', 'FOR', 'TARGET', 'WHAT'],
    ...findings.map((one) => [
      STATES[one.state],
      one.account,
      one.sessionId,
      `t${one.take}`,
      one.since === null ? '' : since(one.since, reader.now),
      one.key,
      whatText(one, reader),
    ]),
  ];
}

const STATES: Record<Finding['state'], string> = {
  'session-open': 'ours, session open',
  'left-behind': 'ours, session open, which has it no more',
  'no-session': 'ours, no open session',
};

function whatText(one: Finding, { now }: Reader): string {
  if (one.stopped) return HOW[one.stopped.how];
  if (one.problem !== null) return `NOT STOPPED: ${one.problem}`;
  const session = one.session === null ? 'Temporal does not know it' : `its session: ${one.session}`;
  const seen = one.unownedSince === null ? [] : [`seen so for ${since(one.unownedSince, now)}`];
  return [one.vendorState, ...(one.state === 'no-session' ? [session] : []), ...seen].join('; ');
}

const HOW: Record<NonNullable<Finding['stopped']>['how'], string> = {
  stopped: 'stopped now',
  over: 'had just ended',
  absent: 'is not there any more',
};

function unprovedRow(one: Unproved, { now, zone }: Reader): string[] {
  const takes =
    one.takes.length === 0 ? 'a take that is not known' : one.takes.map((n) => `t${n}`).join(', ');
  const bound =
    one.boundAt === null ? `ends by ${one.bound}` : `ends by ${clockOfDay(one.boundAt, zone, now)}`;
  const asOf = `ledger as of ${clockOfDay(one.asOf, zone, now)}`;
  return [one.account, one.name, takes, WHY[one.why], asOf, bound];
}

const WHY: Record<Unproved['why'], string> = {
  'no-end': 'no end in its ledger',
  'written-off': 'written off',
  'failed-to-stop': 'failed to stop',
};

function accountLines({ account, problem, ofOthers, foreign }: SweptAccountView): string[] {
  if (problem) return [`  ! ${account} could not be asked: ${problem.text}`];
  const others = [
    ...(ofOthers > 0 ? [`${ofOthers} of another installation`] : []),
    ...(foreign > 0 ? [`${foreign} foreign`] : []),
  ];
  return others.length === 0 ? [] : [`  ${account}: ${others.join(', ')}; not touched`];
}

function advice({ findings, nextAt }: Sweep, { now, zone }: Reader): string[] {
  const left = findings.filter(isLeftOver);
  if (left.length === 0) return [];
  if (nextAt === null) return ['→ keeprolling sweep --stop stops them, in two passes 10 min apart'];
  const due = left.filter(({ problem }) => problem === null);
  return due.length === 0
    ? []
    : [`→ keeprolling sweep --stop again from ${clockOfDay(nextAt, zone, now)} on stops them`];
}
