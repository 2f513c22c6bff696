/** What two ledgers of one scenario must agree on. */
import { coverageOf, type Gap } from '../../src/session/coverage.ts';
import type { Played } from './players.ts';
import { SHORT_MS, TOLERANCE_MS, type Scenario } from './scenario.ts';

interface Stretch {
  what: string;
  from: number;
  to: number;
  doubtMs: number;
}

export function gapsOf({ record, endedAt }: Played): Gap[] {
  const { fromMs, untilMs } = record.header.window;
  const stopped = record.commands.find((command) => command.command === 'stop')?.at;
  const to = Math.min(untilMs ?? endedAt, stopped ?? endedAt, endedAt);
  return coverageOf(record.spans, record.marks, fromMs, to).gaps.filter(
    (gap) => gap.to - gap.from > SHORT_MS,
  );
}

/** Differences between what the driver and Temporal say of a scenario, as sentences. */
export function differences(scenario: Scenario, driver: Played, temporal: Played): string[] {
  const tolerance = scenario.toleranceMs ?? TOLERANCE_MS;
  return [
    ...compare('span', spans(driver), spans(temporal), tolerance),
    ...compare('gap', gaps(driver), gaps(temporal), tolerance),
    ...near('end', driver.endedAt - driver.begunAt, temporal.endedAt - temporal.begunAt, tolerance),
    ...same('outcome', driver.result.outcome, temporal.result.outcome),
    ...same('verdict', driver.result.verdict, temporal.result.verdict),
    ...same('takes', driver.result.takes, temporal.result.takes),
    ...same('evidence', evidence(driver), evidence(temporal)),
    ...same('commands', commands(driver), commands(temporal)),
    ...same('ends of takes', ends(driver), ends(temporal)),
  ];
}

function spans({ record, begunAt }: Played): Stretch[] {
  return record.spans
    .filter(({ span }) => span.to !== null)
    .map(({ take, span }) => ({
      what: `take ${take}`,
      from: span.from.at - begunAt,
      to: span.to!.at - begunAt,
      doubtMs: span.from.plusMinusMs + span.to!.plusMinusMs,
    }))
    .filter((stretch) => stretch.to > stretch.from);
}

function gaps(played: Played): Stretch[] {
  return gapsOf(played).map((gap) => ({
    what: gap.cause,
    from: gap.from - played.begunAt,
    to: gap.to - played.begunAt,
    doubtMs: gap.fromPlusMinusMs + gap.toPlusMinusMs,
  }));
}

const evidence = ({ record }: Played): string => record.spans.map(({ span }) => span.evidence).join(', ');
const commands = ({ record }: Played): string =>
  record.commands
    .map(({ command, by, reason, revision, change }) =>
      [revision, command, by, reason, change && JSON.stringify(change)].join(' '),
    )
    .join(', ');
const ends = ({ record }: Played): string =>
  record.takes.map(({ number, status, ended }) => `${number} ${status} ${ended?.how}`).join(', ');

function compare(kind: string, a: Stretch[], b: Stretch[], tolerance: number): string[] {
  const names = (list: Stretch[]): string => list.map((one) => one.what).join(', ');
  if (names(a) !== names(b)) return same(`${kind}s`, names(a), names(b));
  return a.flatMap((one, index) => {
    const other = b[index]!;
    const allowed = tolerance + one.doubtMs + other.doubtMs;
    return [
      ...near(`begin of ${kind} ${one.what}`, one.from, other.from, allowed),
      ...near(`end of ${kind} ${one.what}`, one.to, other.to, allowed),
    ];
  });
}

function near(what: string, driver: number, temporal: number, allowedMs: number): string[] {
  if (Math.abs(driver - temporal) <= allowedMs) return [];
  return [`${what}: ${driver} ms in the driver, ${temporal} ms on Temporal, more than ${allowedMs} ms apart`];
}

function same(what: string, driver: string | number, temporal: string | number): string[] {
  return driver === temporal ? [] : [`${what}: ${driver} in the driver, ${temporal} on Temporal`];
}
