/** What people read while a vendor's account, and not the source, keeps a session from recording; and of files that will not stay. */
import { expect, it } from 'vitest';
import { coverageText } from '../../src/cli/render/coverage.ts';
import { explanationText } from '../../src/cli/render/explain.ts';
import { listText } from '../../src/cli/render/list.ts';
import { statusText } from '../../src/cli/render/status.ts';
import { watchLine } from '../../src/cli/render/watch.ts';
import type { Explanation, SessionSummary, TargetCoverage } from '../../src/client/types.ts';
import { lastKnown, reader, status, trouble, view } from './sessions.ts';

const NOT_IN_FORCE = trouble({
  about: 'start',
  who: 'you',
  code: 'E_NOT_IN_FORCE',
  text: 'The encoder was there before the rule.',
});
const waits = (...troubles: (typeof NOT_IN_FORCE)[]) =>
  status({ view: view({ phase: 'waiting', takes: [], conditions: ['degraded'], troubles }) });
const change = { action: 'create', what: 'recording rule', where: 'push.example.com/live/*' } as const;

it('status says that nothing is recorded until the encoder reconnects, and what to do', () => {
  const text = statusText(waits(NOT_IN_FORCE), reader);
  expect(text).toMatch(
    /^WAITING, degraded {3}nothing is recorded until the encoder reconnects, since .*YOU must act/,
  );
  expect(text).toMatch(/→ let the encoder disconnect and connect again; policy: \{ repush: force \}/);
});

it('status says so too of an account that lacks what a take needs, whichever way that is known', () => {
  const prepare = trouble({ about: 'prepare', who: 'vendor', code: 'E_VENDOR_FAULT', text: '503' });
  const account = "nothing is recorded until the vendor's account has what it needs";
  expect(statusText(waits(prepare), reader)).toContain(account);
  const known = { ...lastKnown(), trouble: 'you: There is no rule.', troubleCode: 'E_ACCOUNT_UNREADY' };
  expect(statusText(status({ source: 'last-known', view: null, lastKnown: known }), reader)).toContain(
    account,
  );
  expect(statusText(waits(), reader)).toContain('WAITING, degraded   for the source, since');
});

it('watch, list and explain say the same', () => {
  const words = /nothing is recorded until the encoder reconnects/i;
  expect(watchLine(waits(NOT_IN_FORCE), reader).line).toMatch(words);
  const { who, code, text, since } = NOT_IN_FORCE;
  const one = waits(NOT_IN_FORCE);
  const explanation: Explanation = {
    sessionId: one.sessionId,
    name: one.name,
    key: one.key,
    status: one,
    timeline: [],
    needs: [{ who, code, text, since }],
    totals: one.view!.soFar,
    missing: [],
    unreachable: null,
  };
  expect(explanationText(explanation, reader).replaceAll(/\s+/g, ' ')).toMatch(words);
  const summary: SessionSummary = {
    sessionId: '01JDG',
    name: 'match',
    key: 'vendor/account/target',
    account: 'account',
    owner: null,
    phase: 'waiting',
    since,
    percent: 0,
    conditions: [],
    problem: { who, text, code, since },
    maintenance: null,
    outcome: null,
    closed: false,
    windowFrom: null,
  };
  const listed = {
    shown: [summary],
    total: 1,
    wanting: 0,
    problems: true,
    server: 'ok',
    workers: [],
  } as const;
  const table = listText({ ...listed, shown: [summary], workers: [] }, reader);
  expect(table).toMatch(words);
  expect(table).toContain('→ let the encoder disconnect');
});

it('status shows what was made in the account, and that it was taken away again or stays there', () => {
  const made = (released: boolean, troubles: (typeof NOT_IN_FORCE)[] = []) =>
    statusText(status({ view: view({ accountChanges: [{ ...change, released }], troubles }) }), reader);
  expect(made(false)).toMatch(/ account +made recording rule of push\.example\.com\/live\/\*\n/);
  expect(made(true)).toContain('live/*; taken away again');
  expect(made(true, [trouble({ about: 'release' })])).toContain('live/*; STILL THERE');
});

it('coverage shows where files are, what stands in their way, and when the vendor deletes them', () => {
  const none = { take: 1, evidence: 'filed', fromPlusMinusMs: 0, toPlusMinusMs: 0, open: false } as const;
  const [from, to] = ['2026-11-24T19:00:00.000Z', '2026-11-24T20:00:00.000Z'];
  const risk = {
    sessionId: 'a',
    take: 1,
    state: 'named',
    place: null,
    expiresAt: null,
    trouble: null,
  } as const;
  const coverage: TargetCoverage = {
    key: 'vendor/account/target',
    from,
    to,
    sessions: [],
    spans: [
      {
        ...none,
        from,
        to,
        sessionId: 'a',
        files: ['one.mp4'],
        place: 'obs://archive/live/one.mp4',
        recording: null,
      },
    ],
    gaps: [],
    writtenOff: [],
    filesAtRisk: [
      { ...risk, name: 'two.mp4', expiresAt: '2026-11-27T20:00:00.000Z' },
      ...Array.from({ length: 12 }, (_, i) => ({ ...risk, name: `f${i}`, trouble: 'its transfer failed' })),
    ],
    overlaps: [],
    totals: view().soFar,
    missing: [],
    unreachable: null,
  };
  const text = coverageText(coverage, 'UTC');
  expect(text).toContain('1 file  obs://archive/live/one.mp4');
  expect(text).toMatch(/! two\.mp4 of take 1 is not stored; THE VENDOR DELETES IT at 2026-11-27 20:00:00/);
  expect(text).toContain('! f0 of take 1 is not stored; its transfer failed');
  expect(text).toContain('and 3 files more');
});
