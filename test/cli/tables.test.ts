import { describe, expect, test } from 'vitest';
import type { SessionSummary, TargetCoverage } from '../../src/client/types.ts';
import { checksText } from '../../src/cli/render/checks.ts';
import { coverageText } from '../../src/cli/render/coverage.ts';
import { forWantOfWorker, wantWorker } from '../../src/cli/polled.ts';
import { listText, type Listed } from '../../src/cli/render/list.ts';
import { failureOf, failureText, serverHint } from '../../src/cli/failure.ts';
import { assertWhole } from '../../src/cli/whole.ts';
import { KeepRollingError } from '../../src/contract/errors.ts';
import {
  commandExit,
  commandText,
  maintenanceText,
  startedExit,
  startedText,
} from '../../src/cli/render/results.ts';
import { instantOf } from '../../src/cli/instants.ts';
import { sameArchiveCheck } from '../../src/cli/doctor/archive.ts';
import { levelsCheck } from '../../src/cli/doctor/behaviour.ts';
import { pollersCheck } from '../../src/cli/doctor/server.ts';
import type { Levels } from '../../src/client/levels.ts';
import { ended, reader, status, view } from './sessions.ts';

type Span = TargetCoverage['spans'][number];

function span(from: string, to: string, change: Partial<Span> = {}): Span {
  return {
    sessionId: 'a',
    take: 1,
    from: `2026-11-24T${from}Z`,
    to: `2026-11-24T${to}Z`,
    evidence: 'stored',
    fromPlusMinusMs: 0,
    toPlusMinusMs: 0,
    open: false,
    files: [],
    place: null,
    recording: null,
    ...change,
  };
}

function coverage(change: Partial<TargetCoverage> = {}): TargetCoverage {
  return {
    key: 'ome/studio/default/app/news1',
    from: '2026-11-24T19:00:00Z',
    to: '2026-11-24T20:00:00Z',
    sessions: [{ sessionId: 'a', name: 'news', from: '', to: '', outcome: null, live: true }],
    spans: [
      span('19:00:00', '19:13:07', {
        toPlusMinusMs: 900,
        files: ['one.ts', 'two.ts'],
        place: null,
        recording: 'rec-1',
      }),
      span('19:13:59', '19:40:00', { take: 2, evidence: 'observed' }),
      span('19:40:00', '20:00:00', { take: 2, evidence: 'observed', fromPlusMinusMs: 60_000, open: true }),
    ],
    gaps: [
      {
        sessionId: 'a',
        from: '2026-11-24T19:13:07Z',
        to: '2026-11-24T19:13:59Z',
        cause: 'source-absent',
        detail: 'gone since 2026-11-24T19:13:07.000Z',
        fromPlusMinusMs: 0,
        toPlusMinusMs: 0,
      },
    ],
    writtenOff: [],
    filesAtRisk: [],
    overlaps: [],
    totals: {
      windowMs: 3_600_000,
      recordedMs: 3_526_000,
      percent: 97.9,
      byEvidence: { stored: 3_450_000, inferred: 76_000, observed: 0, filed: 0 },
      gapMs: { 'source-absent': 52_000 },
      verdict: 'partial',
    },
    missing: [],
    unreachable: null,
    ...change,
  };
}

describe('coverage', () => {
  test('is one line for each stretch, with the uncertainty of its edges and how we know', () => {
    expect(coverageText(coverage(), 'Europe/Berlin').split('\n')).toEqual([
      '20:00:00 – 21:00:00 Europe/Berlin   58m46s recorded = 97.9 %   of it stored 57m30s, inferred 1m16s',
      '  20:00:00 ─ 20:13:07 ±1s  take 1  stored         2 files  two.ts  rec-1',
      '  20:13:07 ─ 20:13:59      gap     source-absent  gone since 20:13:07',
      '  20:13:59 ─ now           take 2  observed',
    ]);
  });

  test('names a recording once for each take, and has no line of 160 columns', () => {
    const recording = `default/app/${'x'.repeat(56)}`;
    const files = [`/keeprolling/${recording.replaceAll('/', '-')}_0.ts`];
    const spans = [
      span('19:00:00', '19:10:00', { recording, files, fromPlusMinusMs: 900, toPlusMinusMs: 900 }),
      span('19:20:00', '19:30:00', { recording, files: [...files, 'two.ts'] }),
      span('19:30:00', '19:40:00', { take: 2, recording: `${recording}-2` }),
    ];
    const detail =
      'the recorder says that it knows nothing of this recording, which it still had a minute ago, and nothing else is known of it';
    const gaps = coverage().gaps.map((gap) => ({ ...gap, detail }));
    const writtenOff = [{ sessionId: 'a', take: 9, recording, boundAt: null }];
    const sessions = ['a', 'b'].map((sessionId) => ({
      ...coverage().sessions[0]!,
      sessionId,
      name: `a-session-of-some-length-${sessionId}`,
    }));
    for (const from of ['2026-11-24T19:00:00Z', '2026-11-22T19:00:00Z']) {
      const lines = coverageText(coverage({ from, spans, gaps, writtenOff, sessions }), 'UTC').split('\n');
      expect(lines.filter((line) => line.length >= 160)).toEqual([]);
      expect(lines.filter((line) => line.endsWith(recording))).toHaveLength(1);
      expect(lines.filter((line) => line.includes(`${recording}-2`))).toHaveLength(1);
      const words = lines.join(' ').replaceAll(/\s+/g, ' ');
      expect(words).toContain(detail);
      expect(words).toContain(`1 file …/default-app-${'x'.repeat(56)}_0.ts`);
      expect(words).toContain('2 files two.ts');
    }
  });

  test('writes days where there are several, and names sessions where there are several', () => {
    const text = coverageText(
      coverage({
        from: '2026-11-23T19:00:00Z',
        sessions: ['a', 'b'].map((sessionId) => ({
          sessionId,
          name: `news-${sessionId}`,
          from: '',
          to: '',
          outcome: 'completed',
          live: false,
        })),
        gaps: [],
        spans: [span('19:00:00', '19:13:07', { sessionId: 'b' })],
      }),
      'UTC',
    );
    expect(text).toContain('  2026-11-24 19:00:00 ─ 2026-11-24 19:13:07  news-b  take 1  stored');
    expect(text).toContain('\n  news-a  a  completed');
  });

  test('declares what two takes hold, and joins the pieces of either', () => {
    const text = coverageText(
      coverage({
        spans: [
          span('19:00:00', '19:30:00', { evidence: 'observed' }),
          span('19:29:46', '19:29:50', { take: 2, evidence: 'observed', recording: 'rec-2' }),
          span('19:29:50', '20:00:00', { take: 2, evidence: 'observed', recording: 'rec-2' }),
        ],
        gaps: [],
        overlaps: [
          {
            sessionId: 'a',
            take: 2,
            former: 1,
            from: '2026-11-24T19:29:46Z',
            to: '2026-11-24T19:30:00Z',
          },
        ],
      }),
      'UTC',
    );
    expect(text.split('\n').slice(1)).toEqual([
      '  19:00:00 ─ 19:30:00  take 1  observed',
      '  19:29:46 ─ 20:00:00  take 2  observed  rec-2',
      '  take 2 overlaps take 1 by 14s from 19:29:46: hand-over; it counts once',
    ]);
  });

  test('tells what is not known, what was written off, and stretches shorter than a second by their length', () => {
    const text = coverageText(
      coverage({
        spans: [span('19:00:00.100', '19:00:00.400')],
        gaps: [],
        missing: ['news does not answer: what came after 2026-11-24T19:30:00.000Z is not known.'],
        writtenOff: [{ sessionId: 'a', take: 2, recording: null, boundAt: null }],
      }),
      'UTC',
    );
    expect(text).toContain('  19:00:00 for 300ms  take 1  stored');
    expect(text).toContain('  ! news does not answer: what came after 19:30:00 is not known.');
    expect(text).toContain(
      'take 2 was written off (never named): what it may hold is not counted; nothing known ends it',
    );
  });
});

test('maintenance says who is told, and that nobody is without a worker', () => {
  const result = { account: 'studio', until: '', sessions: 2, applied: true, note: null };
  expect(maintenanceText(result, 'until 03:00 UTC')).toBe(
    'studio  maintenance until 03:00 UTC; 2 open sessions are told',
  );
  const waiting = { ...result, applied: false, note: 'accepted, not applied: no worker' };
  expect(maintenanceText(waiting, 'until 03:00 UTC')).toBe(
    'studio  maintenance until 03:00 UTC is accepted, not applied: no worker; 2 open sessions will hear of it → keeprolling worker',
  );
  expect(maintenanceText({ ...waiting, sessions: 1 }, null)).toBe(
    'studio  the end of maintenance is accepted, not applied: no worker; 1 open session will hear of it → keeprolling worker',
  );
});

describe('list', () => {
  const summary = (change: Partial<SessionSummary> = {}): SessionSummary => ({
    sessionId: '01A',
    name: 'match-2311',
    key: 'ome/studio/default/app/match',
    account: 'studio',
    owner: null,
    phase: 'paused',
    since: '2026-11-25T01:25:41Z',
    percent: 80,
    conditions: [],
    problem: {
      who: 'you',
      text: 'paused by director, "sponsor"',
      code: 'E_PAUSED_LONG',
      since: '2026-11-25T01:25:41Z',
    },
    maintenance: null,
    outcome: null,
    closed: false,
    windowFrom: null,
    ...change,
  });

  const around = (...polled: (boolean | null)[]): Pick<Listed, 'server' | 'workers' | 'wanting'> => ({
    server: 'ok',
    wanting: 0,
    workers: polled.map((one, i) => ({ queue: `q${i}`, polled: one })),
  });

  test('says who must act, first', () => {
    const shown = [
      summary({ sessionId: '01JDG000000000000000000X4' }),
      summary({ sessionId: '01JDG000000000000000AAAAX4', name: 'cam2' }),
      summary({
        sessionId: '01JDG00000000000000000000Z',
        name: 'ch7-24x7',
        phase: 'recording',
        conditions: ['suspect', 'degraded'],
        problem: { who: 'vendor', text: '503 × 4', code: 'E_VENDOR_FAULT', since: '2026-11-25T02:11:31Z' },
      }),
      summary({
        sessionId: '01JDG0000000000000000000CC',
        name: 'over',
        closed: true,
        outcome: 'failed',
        problem: { who: 'keeprolling', text: 'its workflow ended as TERMINATED', code: null, since: null },
      }),
    ];
    expect(
      listText({ shown, total: 214, problems: true, ...around(true, true) }, reader).split('\n'),
    ).toEqual([
      '4 of 214 sessions need somebody                                 02:12:41 UTC  server ok  workers 2/2',
      '  WHO          SESSION            STATE                         SINCE  WHAT',
      '  you          match-2311  #00x4  paused                        47m    paused by director, "sponsor"; → keeprolling resume match-2311',
      '  you          cam2        #aax4  paused                        47m    paused by director, "sponsor"; → keeprolling resume cam2',
      '  vendor       ch7-24x7    #000z  recording, suspect, degraded  1m10s  503 × 4',
      '  keeprolling  over        #00cc  failed                        47m    its workflow ended as TERMINATED; → keeprolling explain over',
    ]);
  });

  test('has one line for each, however long its problem is', () => {
    const text =
      'keeprolling.yaml: 2 problems, nothing was called\n\n  accounts.studio\n    problem  it is none';
    const shown = [summary({ problem: { who: 'you', text, code: 'E_CONFIG_INVALID', since: null } })];
    for (const problems of [true, false]) {
      const lines = listText({ shown, total: 1, problems, ...around(true) }, reader).split('\n');
      expect(lines).toHaveLength(3);
      expect(lines[2]).toContain('keeprolling.yaml: 2 problems, nothing was called');
    }
  });

  test('counts nobody at whose recorder work is announced, and says until when', () => {
    const maintenance = '2026-11-25T02:30:00Z';
    const shown = [summary(), summary({ sessionId: '01B', name: 'cam2', maintenance })];
    const text = listText({ shown, total: 214, problems: true, ...around(true) }, reader).split('\n');
    expect(text[0]).toMatch(/^1 of 214 sessions needs somebody; 1 in announced work /);
    expect(text[3]).toMatch(/^ {7}cam2 .* announced work until 02:30 {3}paused by director, "sponsor"$/);
    const alone = listText({ shown: shown.slice(1), total: 2, problems: true, ...around(true) }, reader);
    expect(alone).toMatch(/^nobody is needed: 2 sessions; 1 in announced work /);
  });

  test('names the id where two of the same name need somebody, and as much of it as tells them apart', () => {
    const shown = [summary({ sessionId: '01AX0000' }), summary({ sessionId: '01BX0000' })];
    const text = listText({ shown, total: 2, problems: true, ...around(true) }, reader);
    expect(text).toContain('match-2311  #bx0000  paused  47m    paused by director');
    expect(text).toContain('→ keeprolling resume 01BX0000');
  });

  test('says where workers are missing, and what is not known', () => {
    const none = { shown: [], total: 0, problems: false };
    const text = listText({ ...none, ...around(true, false, false) }, reader).split('\n');
    expect(text[0]).toMatch(/^no sessions .* server ok {2}workers 1\/3$/);
    expect(text[1]).toBe('  ! no worker on queues q1, q2 → start one: keeprolling worker');
    expect(listText({ ...none, ...around(true, null) }, reader)).toMatch(/server ok {2}workers \?\/2$/);
    expect(listText({ ...none, ...around(null), server: 'silent' }, reader)).toMatch(
      /server SILENT {2}workers \?\/1$/,
    );
  });

  test('says of a closed session nothing of what it is still to wait for', () => {
    const problem = { who: 'you' as const, text: 'no rule', code: 'E_ACCOUNT_UNREADY', since: null };
    const told = (closed: boolean): string =>
      listText({ shown: [summary({ problem, closed })], total: 1, problems: false, ...around(true) }, reader);
    expect(told(false)).toContain('Nothing is recorded until');
    expect(told(true)).not.toContain('Nothing is recorded until');
  });

  test('says first that sessions want a worker, and that you must start one', () => {
    const stuck = [
      summary({ name: 'cam1', problem: null }),
      summary({ name: 'cam2', problem: null, maintenance: '2026-11-25T02:30:00Z' }),
      summary({ name: 'cam3' }),
    ];
    const idle = [
      summary({ name: 'over', closed: true }),
      summary({ name: 'later', phase: 'scheduled' }),
      summary({ name: 'other', account: 'elsewhere' }),
    ];
    const workers = [
      { queue: 'q.keeprolling', polled: true },
      { queue: 'q.keeprolling/studio', polled: false },
    ];
    const wanting = wantWorker([...stuck, ...idle], 'q.', workers);
    expect(wanting.map(({ name }) => name)).toEqual(['cam1', 'cam2', 'cam3']);
    const shown = wanting.map(forWantOfWorker);
    expect(shown.map(({ problem }) => problem?.code)).toEqual([
      'E_NO_WORKER',
      'E_NO_WORKER',
      'E_PAUSED_LONG',
    ]);
    const listed = { server: 'ok' as const, workers, wanting: 3 };
    const text = listText({ shown, total: 6, problems: true, ...listed }, reader).split('\n');
    expect(text[0]).toMatch(/^3 of 6 sessions need somebody, 3 for want of a worker .* workers 1\/2$/);
    expect(text[1]).toBe('  ! no worker on queue q.keeprolling/studio → start one: keeprolling worker');
    expect(text[3]).toMatch(/^ {2}you {2}cam1 .*; → start one: keeprolling worker$/);
    const plain = listText({ shown: stuck, total: 3, problems: false, ...listed }, reader);
    expect(plain).toMatch(/^3 sessions, 3 without a worker /);
    // What cannot be told is no reason to warn.
    expect(wantWorker(stuck, 'q.', [{ queue: 'q.keeprolling', polled: null }])).toEqual([]);
  });

  test('tells two of the same name apart, and shows how far the healthy ones are', () => {
    const shown = [summary({ problem: null }), summary({ problem: null, sessionId: '01B' })];
    const text = listText({ shown, total: 2, problems: false, ...around(true) }, reader);
    expect(text).toContain('match-2311 01B  paused  47m    80 %   ome/studio/default/app/match');
  });

  test('is glad where nobody is needed', () => {
    expect(listText({ shown: [], total: 3, problems: true, ...around(true) }, reader)).toMatch(
      /^nobody is needed: 3 sessions/,
    );
    expect(listText({ shown: [], total: 0, problems: false, ...around(true) }, reader)).toMatch(
      /^no sessions/,
    );
  });
});

describe('answers to commands', () => {
  const result = { accepted: true, applied: true, revision: 3, note: null, status: status() };
  test.each([
    [result, 'ch-news  paused (revision 3)', 0],
    [
      { ...result, applied: false, note: 'Not in effect after 20 s.' },
      'ch-news  pause is accepted, not applied yet (revision 3): Not in effect after 20 s.',
      0,
    ],
    [
      {
        ...result,
        applied: false,
        revision: null,
        note: 'accepted, not applied: no worker',
        status: status({
          silent: { part: 'workflow-worker', kind: 'gone', queue: 'q', polledAt: null, text: 't' },
        }),
      },
      'ch-news  pause is accepted, not applied: no worker',
      7,
    ],
    [
      { ...result, accepted: false, applied: false, note: 'It is stopping.' },
      'ch-news  pause is refused: It is stopping.',
      2,
    ],
  ] as const)('%#', (given, text, exit) => {
    expect(commandText('pause', given, reader)).toBe(text);
    expect(commandExit(given)).toBe(exit);
  });

  test('a change has its own words', () => {
    expect(commandText('change', result, reader)).toBe('ch-news  changed (revision 3)');
    const note = 'Nothing records now; it is in effect from the next take on.';
    expect(commandText('change', { ...result, applied: false, note }, reader)).toBe(
      `ch-news  change is accepted, not applied yet (revision 3): ${note}`,
    );
  });

  test('a start says whether it is new, scheduled, or was there already', () => {
    const started = { sessionId: '01A', key: 'ome/x', name: 'cam1', existing: false, startAt: null };
    const stands = { status: null, unpolled: false };
    expect(startedText(started, reader, stands)).toBe('cam1  started   01A   ome/x');
    expect(startedText({ ...started, existing: true }, reader, stands)).toContain('is there already');
    expect(startedText({ ...started, startAt: '2026-11-26T09:00:00Z' }, reader, stands)).toContain(
      'scheduled, starts 2026-11-26 09:00:00 UTC',
    );
  });
});

describe('a recording that is shared', () => {
  const started = { sessionId: '01A', key: 'ome/x', name: 'cam1', existing: true, startAt: null };
  const stands = { status: null, unpolled: false };
  const reply = { accepted: true, applied: true, revision: 3, note: null };

  test('is joined, until when', () => {
    const joined = { ...started, joined: true, until: '2026-11-25T09:00:00Z' } as const;
    expect(startedText(joined, reader, stands)).toBe(
      'cam1  joined: it goes on for you until 09:00:00 UTC   01A   ome/x',
    );
    expect(startedText({ ...joined, note: 'accepted, not applied: no worker' }, reader, stands)).toBe(
      'cam1  asked to go on for you until 09:00:00 UTC: accepted, not applied: no worker   01A   ome/x',
    );
  });

  test('is stopped by one, and goes on for the others', () => {
    const claims = [{ owner: 'team-web', until: '2026-11-25T04:00:00Z', name: 'night-web' }];
    const stopped = { ...reply, status: status({ view: view({ claims }) }) };
    expect(commandText('stop', stopped, reader)).toBe(
      'ch-news  your claim has ended; it goes on for team-web until 05:00:00 (revision 3)',
    );
    expect(commandText('stop', { ...reply, status: ended('completed') }, reader)).toBe(
      'ch-news  stopped (revision 3)',
    );
  });

  test.each([
    [true, 'scheduled: film is past its window and makes way at once'],
    [false, 'scheduled: film records the target until 09:00:00 UTC'],
  ])('is waited for where it cannot be shared: it makes way %s', (makesWay, text) => {
    const busyWith = { sessionId: '01B', name: 'film', until: '2026-11-25T09:00:00Z', makesWay };
    const handed = { ...started, existing: false, startAt: '2026-11-25T08:00:00Z', busyWith };
    expect(startedText(handed, reader, stands)).toBe(`cam1  ${text}   01A   ome/x`);
  });

  test('is not begun yet, and moved to another window', () => {
    const window = { from: '2026-11-25T08:00:00Z', until: '2026-11-25T09:00:00Z' };
    const launch = { phase: 'scheduled', text: '', window, running: null, schedule: null } as const;
    const moved = status({ source: 'scheduled', view: null, startAt: '2026-11-25T07:59:55Z', launch });
    expect(commandText('reschedule', { ...reply, revision: null, status: moved }, reader)).toBe(
      'ch-news  rescheduled to 09:00 → 10:00 Europe/Berlin, starts 08:59:55',
    );
    expect(commandText('extend', { ...reply, revision: null, status: moved }, reader)).toBe(
      'ch-news  extended until 10:00:00 Europe/Berlin',
    );
  });
});

describe('what a start finds', () => {
  const started = { sessionId: '01A', key: 'ome/x', name: 'cam1', existing: false, startAt: null };
  const silent = { part: 'workflow-worker', kind: 'gone', queue: 'q', polledAt: null, text: 't' } as const;

  test('no worker: it says so, and the exit code too', () => {
    const stands = {
      status: status({ source: 'last-known', view: null, silent }),
      unpolled: false,
    };
    expect(startedText(started, reader, stands)).toContain(
      '\n  ! started, but NO WORKER ANSWERS: nothing records until one runs → keeprolling worker',
    );
    expect(startedExit(stands)).toBe(7);
  });

  test('no worker yet for a scheduled one: a warning', () => {
    const stands = { status: status({ source: 'scheduled', view: null }), unpolled: true };
    const text = startedText({ ...started, startAt: '2026-11-26T09:00:00Z' }, reader, stands);
    expect(text).toContain('\n  ! scheduled, but NO WORKER ANSWERS');
    expect(startedExit(stands)).toBe(0);
  });

  test('a session of the same request that has ended', () => {
    const stands = { status: ended('cancelled'), unpolled: false };
    expect(startedText({ ...started, existing: true }, reader, stands)).toBe(
      'cam1  has ended (cancelled); nothing records   01A   ome/x',
    );
    expect(startedExit(stands)).toBe(0);
  });

  test('a pause and an extension tell until when', () => {
    const desired = { ...view().desired, until: '2026-11-25T03:00:00Z' };
    const result = { accepted: true, applied: true, revision: 3, note: null };
    const paused = { ...result, status: status({ view: view({ desired }) }) };
    expect(commandText('pause', paused, reader)).toBe(
      'ch-news  paused until 04:00:00 Europe/Berlin (revision 3)',
    );
    expect(commandText('extend', paused, reader)).toContain('extended until 04:00:00 Europe/Berlin');
  });
});

describe('what acts on a session', () => {
  test.each(['01JDG', '01jdg', 'ch-news', 'ch-news@2026-11-24T23:30', 'ome/studio/default/app/news1'])(
    'takes %s',
    (reference) => expect(() => assertWhole(reference, status())).not.toThrow(),
  );

  test.each(['news', 'ch-news@', 'news@2026-11-24', 'app/news1', '01J'])('refuses %s', (reference) => {
    expect(() => assertWhole(reference, status())).toThrow(/Did you mean ch-news, .* id: 01JDG/);
  });
});

describe('no server', () => {
  const failure = (address: string) =>
    failureOf(
      new KeepRollingError(
        'E_SERVER_UNREACHABLE',
        `No Temporal server answers at ${address} (refused. Resolution note: resolver did not update).`,
        { address, reason: 'refused' },
      ),
    );

  test('is told without remarks of gRPC, and with what helps', () => {
    const one = failure('localhost:7233');
    expect(failureText(one)).toMatch(/at localhost:7233 \(refused\)\.$/);
    expect(serverHint(one, false)).toContain(
      'localhost:7233 is the default: no configuration file was found',
    );
    expect(serverHint(one, true)).toBe('\n  → keeprolling dev, or set temporal.address / TEMPORAL_ADDRESS');
    expect(serverHint(failure('other:7233'), false)).not.toContain('default');
  });
});

describe('instants as they are typed', () => {
  const zone = 'Europe/Berlin';
  const at = (text: string, side: 'past' | 'future', notBefore?: number): string =>
    new Date(
      instantOf(text, '--from', {
        now: reader.now,
        zone,
        side,
        ...(notBefore !== undefined && { notBefore }),
      }),
    ).toISOString();

  test('a clock time is the last one or the next one, in the zone', () => {
    expect(at('03:00', 'past')).toBe('2026-11-25T02:00:00.000Z');
    expect(at('20:00', 'past')).toBe('2026-11-24T19:00:00.000Z');
    expect(at('4:00', 'future')).toBe('2026-11-25T03:00:00.000Z');
    expect(at('03:00:30', 'future')).toBe('2026-11-26T02:00:30.000Z');
    expect(at('01:00', 'past', Date.parse('2026-11-24T22:00:00Z'))).toBe('2026-11-25T00:00:00.000Z');
  });

  test('everything else is as it says', () => {
    expect(at('now', 'past')).toBe('2026-11-25T02:12:41.000Z');
    expect(at('-90m', 'past')).toBe('2026-11-25T00:42:41.000Z');
    expect(at('2026-11-24T20:00', 'past')).toBe('2026-11-24T19:00:00.000Z');
    expect(at('2026-11-24', 'past')).toBe('2026-11-23T23:00:00.000Z');
    expect(at('2026-11-24T20:00:00Z', 'past')).toBe('2026-11-24T20:00:00.000Z');
    expect(() => at('tomorrow', 'past')).toThrow('--from: "tomorrow" is not an instant.');
    expect(() => at('25:00', 'past')).toThrow('is not an instant');
  });
});

describe('doctor', () => {
  const poller = (identity: string, agoMs = 1_000) => ({ identity, at: reader.now - agoMs });

  test('ticks what is well and says what to do about the rest', () => {
    const text = checksText([
      { what: 'server', ok: true, detail: 'Temporal 1.32.0' },
      { what: 'queue keeprolling', ok: false, detail: 'no worker', remedy: 'keeprolling worker' },
    ]);
    expect(text.split('\n')).toEqual([
      `  ✓  ${'server'.padEnd(30)}  Temporal 1.32.0`,
      `  ✗  ${'queue keeprolling'.padEnd(30)}  no worker`,
      '      → keeprolling worker',
      '1 thing to mend',
    ]);
    expect(checksText([]).endsWith('all is well')).toBe(true);
  });

  test('a poller that has not polled for long is none', () => {
    const pollers = [poller('1@a', 10_000), poller('2@a', 200_000)];
    expect(pollersCheck('queue q', pollers, reader.now)).toMatchObject({
      ok: true,
      detail: '1 worker',
    });
    expect(pollersCheck('queue q', [poller('1@a', 120_000)], reader.now)).toMatchObject({
      ok: false,
      detail: 'no worker, the last one polled 2m ago at 02:10:41 UTC',
    });
    expect(pollersCheck('queue q', [], reader.now).detail).toBe('no worker');
  });

  test('holds the mark of the archive here against those of the workers', () => {
    const check = (...pollers: ReturnType<typeof poller>[]) =>
      sameArchiveCheck('9f3e0a11', pollers, reader.now);
    expect(check(poller('1@a 9f3e0a11'), poller('2@b 9f3e0a11'))).toMatchObject({
      ok: true,
      detail: '2 workers with the same mark',
    });
    // One that went away may have been the reason for the new one.
    expect(check(poller('1@a 9f3e0a11'), poller('2@b 0', 120_000)).ok).toBe(true);
    expect(check(poller('1@a 9f3e0a11'), poller('2@b 00c0ffee'))).toMatchObject({
      ok: false,
      detail: '2@b writes another archive (mark 00c0ffee); the mark here is 9f3e0a11',
      remedy: expect.stringContaining('a shared mount'),
    });
    expect(check(poller('1@a none')).detail).toContain('1@a has no archive');
    expect(check(poller('1@a'))).toMatchObject({
      ok: false,
      detail: '1@a does not tell its mark; the mark here is 9f3e0a11',
      remedy: 'start workers of this release: older ones do not tell their mark',
    });
    expect(check()).toEqual({
      what: 'archive of the workers',
      ok: false,
      detail: 'not known: no worker polls',
    });
  });

  test('tells the levels of open sessions, and which could be deleted', () => {
    const told = (open: [number, string[]][], more: Partial<Levels> = {}) =>
      levelsCheck({ open: new Map(open), untold: [], cut: false, ...more }, { oldest: 1, newest: 3 });
    const head = 'new sessions begin with level 3; ';
    expect(told([]).detail).toBe(
      `${head}no session is open; levels 1 to 2 could be deleted: no open session has them`,
    );
    expect(
      told([
        [3, ['a']],
        [2, ['b', 'c']],
      ]).detail,
    ).toBe(
      `${head}open: 2 sessions at level 2, 1 session at level 3; level 1 could be deleted: no open session has it`,
    );
    expect(told([[1, ['a', 'b', 'c', 'd']]]).detail).toBe(
      `${head}open: 4 sessions at level 1; level 1 is held by a, b, c and 1 more`,
    );
    expect(told([], { untold: ['new'] }).detail).toBe(
      `${head}open: 1 that tells none yet; no level can be deleted before those are known`,
    );
    expect(told([[3, ['a']]], { cut: true }).detail).toContain('is not known');
    expect(told([[0, ['old']]])).toMatchObject({
      ok: false,
      detail: expect.stringContaining('old cannot go on'),
    });
    expect(
      levelsCheck({ open: new Map([[1, ['a']]]), untold: [], cut: false }, { oldest: 1, newest: 1 }),
    ).toEqual({
      what: 'behaviour',
      ok: true,
      detail: 'new sessions begin with level 1; open: 1 session at level 1',
    });
  });
});
