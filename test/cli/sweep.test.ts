/** What people read of a sweep. */
import { expect, it } from 'vitest';
import { firstPassText, sweepText } from '../../src/cli/render/sweep.ts';
import type { Finding, Sweep, Unproved } from '../../src/sweeper/types.ts';
import { reader } from './sessions.ts';

const AT = '2026-11-25T02:12:41Z';

function finding(change: Partial<Finding> = {}): Finding {
  return {
    account: 'studio',
    key: 'ome/studio/default/app/cam1',
    recording: 'default/app/01k-prod1-01KAH3-t3-x7k2m9qa',
    installation: 'prod1',
    sessionId: '01KAH3VZX0Q5Y7T9C2N4M6B8D0',
    take: 3,
    since: '2026-11-25T00:01:41Z',
    vendorState: 'recording',
    state: 'no-session',
    session: 'TERMINATED',
    unownedSince: AT,
    stopped: null,
    problem: null,
    ...change,
  };
}

function swept(change: Partial<Sweep> = {}): Sweep {
  const account = {
    account: 'studio',
    vendor: 'ome',
    lists: 'account',
    ofOthers: 0,
    foreign: 0,
    problem: null,
  } as const;
  return {
    at: AT,
    installation: 'prod1',
    adopted: null,
    findings: [],
    unproved: [],
    archiveProblem: null,
    accounts: [account],
    nextAt: null,
    ...change,
  };
}

const lines = (change: Partial<Sweep> = {}): string[] => sweepText(swept(change), reader).split('\n');

it('a sweep that finds nothing is one line', () => {
  expect(lines()).toEqual([
    expect.stringMatching(/^nothing of prod1 is left over +02:12:41 UTC {2}1 account$/),
  ]);
});

it('what is left over stands first, with what stops it', () => {
  const owned = finding({
    sessionId: '01OWNED',
    state: 'session-open',
    session: 'RUNNING',
    unownedSince: null,
  });
  const [head, ...rest] = lines({ findings: [owned, finding()] });
  expect(head).toMatch(/^1 recording of prod1 has no session /);
  expect(rest).toEqual([
    '  STATE                  ACCOUNT  SESSION                     TAKE  FOR    TARGET                       WHAT',
    '  ours, no open session  studio   01KAH3VZX0Q5Y7T9C2N4M6B8D0  t3    2h11m  ome/studio/default/app/cam1  recording; its session: TERMINATED; seen so for 0s',
    '  ours, session open     studio   01OWNED                     t3    2h11m  ome/studio/default/app/cam1  recording',
    '→ keeprolling sweep --stop stops them, in two passes 10 min apart',
  ]);
});

it('a first pass says when the second one may come', () => {
  expect(lines({ findings: [finding()], nextAt: '2026-11-25T02:22:41Z' }).at(-1)).toBe(
    '→ keeprolling sweep --stop again from 02:22:41 on stops them',
  );
});

it('a first pass that waits for the second one tells what it found, and until when', () => {
  const text = firstPassText(swept({ findings: [finding()], nextAt: '2026-11-25T02:22:41Z' }), reader);
  expect(text).toMatch(/^1 recording of prod1 has no session /);
  expect(text).toMatch(/seen so for 0s$/m);
  expect(text.split('\n').at(-1)).toBe(
    'that was the first pass; the second one comes at 02:22:41, and stops what has no session then either',
  );
});

it('what was stopped is counted, and what could not be says why', () => {
  const stopped = finding({ stopped: { at: AT, how: 'stopped' } });
  expect(lines({ findings: [stopped] })[0]).toMatch(/^nothing of prod1 is left over, 1 stopped /);
  const stuck = finding({ problem: 'stopRecord: 503 (vendor must act)' });
  const text = sweepText(swept({ findings: [stopped, stuck], adopted: 'lost01', nextAt: AT }), reader);
  expect(text).toMatch(/^1 recording of prod1 and lost01 has no session, 1 stopped/);
  expect(text).toMatch(/NOT STOPPED: stopRecord: 503 \(vendor must act\)$/m);
  expect(text).toMatch(/stopped now$/m);
  expect(text).not.toMatch(/→/);
});

it('what is not ours is counted, and what could not be asked is told', () => {
  const one = {
    account: 'studio',
    vendor: 'ome',
    lists: 'account',
    ofOthers: 3,
    foreign: 1,
    problem: null,
  } as const;
  const problem = { code: 'E_VENDOR_AUTH', text: 'the token is not accepted' };
  expect(
    lines({
      accounts: [one, { ...one, account: 'down', ofOthers: 0, foreign: 0, problem }],
      archiveProblem: { code: 'E_ARCHIVE_UNREADABLE', text: 'it is torn' },
    }),
  ).toEqual([
    expect.stringMatching(/^nothing of prod1 is left over, as far as could be asked /),
    '  studio: 3 of another installation, 1 foreign; not touched',
    '  ! down could not be asked: the token is not accepted',
    '  ! archive: it is torn',
  ]);
});

it('what nobody can look at has its bound', () => {
  const one: Unproved = {
    account: 'live',
    key: 'huawei/live/push.example.com/live/news',
    sessionId: '01X',
    name: 'match-2311',
    takes: [2],
    asOf: '2026-11-25T01:03:17Z',
    why: 'no-end',
    boundAt: null,
    bound: 'the end of its push',
  };
  const bounded: Unproved = { ...one, takes: [], why: 'written-off', boundAt: '2026-11-26T01:00:00Z' };
  expect(lines({ unproved: [one, bounded] }).slice(1)).toEqual([
    'cannot be looked at; no open session, and no proof of an end:',
    '  live  match-2311  t2                        no end in its ledger  ledger as of 01:03:17  ends by the end of its push',
    '  live  match-2311  a take that is not known  written off           ledger as of 01:03:17  ends by 2026-11-26 01:00:00',
  ]);
});
