import { describe, expect, test } from 'vitest';
import { statusExit, statusText } from '../../src/cli/render/status.ts';
import { dueText } from '../../src/cli/render/live.ts';
import { localised } from '../../src/cli/render/text.ts';
import { redraw, watchLine } from '../../src/cli/render/watch.ts';
import { ended, lastKnown, reader, status, take, trouble, view } from './sessions.ts';

const lines = (one: Parameters<typeof statusText>[0]): string[] => statusText(one, reader).split('\n');

describe('the status of a session that answers', () => {
  test('reads as one block: how it stands, who must act, how that is known, what comes next', () => {
    const one = status({
      look: {
        sentence: 'recording, 3 files, 12.4 MB, next look 02:17:38 UTC',
        at: '2026-11-25T02:12:38Z',
        nextAt: '2026-11-25T02:17:38Z',
        attempt: 9,
      },
    });
    expect(lines(one)).toEqual([
      'RECORDING   take 3, since 02:58:10 (14m31s)                                    nothing for you to do',
      '  session   ch-news@2026-11-24T23:30   ome/studio/default/app/news1   owner team-news',
      '  window    2026-11-24 23:30 → 04:00 Europe/Berlin, 47m19s left',
      '  proof     observed 3s ago (recording, 3 files, 12.4 MB); next look 03:17:38',
      '  source    up since 02:58:04; 5 drops, longest 52s',
      '  so far    98.9 %   3h40m20s recorded, 2m21s in gaps (source-absent 2m11s, paused 10s); 11 files named in this take',
      '  commands  00:31 extend until 04:00:00 by the night desk',
      '  next      03:40 refresh, 04:00 window ends',
    ]);
    expect(statusExit(one)).toBe(0);
  });

  test('has one line for each trouble', () => {
    const text =
      'keeprolling.yaml: 1 problem, nothing was called\n\n  accounts.studio\n    problem  it is none';
    const troubles = [trouble({ who: 'you', code: 'E_CONFIG_INVALID', text })];
    const live = lines(status({ view: view({ troubles }) }));
    expect(live).toHaveLength(lines(status()).length + 1);
    const known = { ...lastKnown(), trouble: `you: ${text}` };
    const silent = lines(status({ source: 'last-known', view: null, lastKnown: known }));
    expect(silent).toContain('  trouble  you: keeprolling.yaml: 1 problem, nothing was called');
    expect(silent.join('\n')).not.toContain('it is none');
    const over = lines({ ...ended('failed'), lastKnown: known });
    expect(over.join('\n')).not.toContain('it is none');
    expect(watchLine(status({ view: view({ troubles }) }), reader).line).not.toContain('\n');
  });

  test('asks nobody to act while work is announced', () => {
    const maintenance = { until: '2026-11-25T02:30:00Z', by: 'ann', reason: 'new disks' };
    const shown = view({ troubles: [trouble({ who: 'you', code: 'E_VENDOR_AUTH' })], maintenance });
    const text = lines(status({ view: shown }));
    expect(text[0]).toMatch(/announced work until 03:30:00; nothing for you to do meanwhile$/);
    expect(text).toContain('  work      announced until 03:30:00, by ann: new disks');
    expect(text.join('\n')).not.toMatch(/YOU must act|\n {6}→/);
    const well = lines(status({ view: view({ maintenance }) }));
    expect(well[0]).toMatch(/nothing for you to do$/);
    const asLastKnown = { ...lastKnown(), maintenance: { until: maintenance.until } };
    const silent = status({ source: 'last-known', view: null, lastKnown: asLastKnown });
    expect(lines(silent)).toContain('  work     announced until 03:30:00');
  });

  test('tells an overrun, before the end of the window and in it', () => {
    const window = { ...view().window, overrunMs: 1_800_000 };
    expect(lines(status({ view: view({ window }) }))[2]).toMatch(/, 47m19s left, then up to 30m overrun$/);
    const over = view({ window: { ...window, until: '2026-11-25T02:00:00Z' } });
    expect(lines(status({ view: over }))[2]).toMatch(/, ended 12m41s ago, up to 30m overrun$/);
  });

  test('tells who shares it, and what comes next on the target', () => {
    const shown = view({
      claims: [
        { owner: 'team-news', until: '2026-11-25T03:00:00Z', name: 'ch-news' },
        { owner: 'team-web', until: '2026-11-25T04:00:00Z', name: 'night-web' },
      ],
      neighbours: [
        { name: 'night-web', sessionId: 'A', from: '2026-11-25T02:00:00Z', until: null, word: 'joined' },
        { name: 'early', sessionId: 'B', from: '2026-11-25T02:30:00Z', until: null, word: 'queued' },
        { name: 'film', sessionId: 'C', from: '2026-11-25T04:00:00Z', until: null, word: 'yields' },
      ],
    });
    const text = lines(status({ view: shown }));
    expect(text).toContain(
      '  wanted    by team-news until 04:00 (ch-news), team-web until 05:00 (night-web)',
    );
    expect(text.at(-1)).toBe(
      '  then      03:00 night-web is recorded too, 03:30 early waits until this one is over, 05:00 film takes over',
    );
    expect(lines(status()).join('\n')).not.toMatch(/wanted|then/);
    const [, theirs] = shown.claims;
    expect(lines(status({ view: view({ claims: [theirs!] }) }))).toContain(
      '  wanted    by team-web until 05:00 (night-web)',
    );
  });

  test('speaks of storage, orphans and slow calls only when there are any', () => {
    const shown = view({
      takes: [
        take({ number: 2, status: 'written-off', boundAt: '2026-11-25T03:00:00Z', files: 0 }),
        take({ number: 3, credentialsUntil: '2026-11-25T05:40:00Z' }),
      ],
      lane: { op: 'refresh', take: 3, since: '2026-11-25T02:12:30Z' },
    });
    const text = lines(status({ view: shown }));
    expect(text).toContain('  storage   credentials until 06:40 (3h27m19s), next refresh 03:40');
    expect(text).toContain('  orphan    take 2 is written off; the vendor ends it by 04:00:00');
    expect(text).toContain('  calling   refresh of take 3, sent 11s ago');
  });

  test('tells where files go, since when that is proved, and what was changed', () => {
    const stored = {
      storage: 's3-archive',
      credentialsSince: '2026-11-25T01:51:41Z',
      credentialsUntil: '2026-11-25T05:40:00Z',
    };
    const shown = view({
      takes: [take({ ...stored, endsAt: '2026-11-25T04:00:00Z' })],
      storage: { destination: 's3-archive' },
      settings: {
        subscribe: { revision: 2, value: { uids: ['1'] } },
        storage: { revision: 3, value: { refresh: 'now' } },
      },
    });
    const text = lines(status({ view: shown }));
    expect(text).toContain(
      '  storage   s3-archive; credentials until 06:40 (3h27m19s), minted 21m ago, next refresh 03:40',
    );
    expect(text).toContain('  changed   subscribe (revision 2)');
    expect(text).toContain('  limit     take 3 can last until 05:00 (1h47m19s) at the vendor');
    const moving = view({ ...shown, storage: { destination: 's3-new' } });
    expect(lines(status({ view: moving })).join('\n')).toContain(
      '  storage   s3-archive → s3-new, by the next take; credentials until 06:40',
    );
    expect(lines(status()).join('\n')).not.toMatch(/storage|changed|limit/);
  });

  test('names who must act, what is wrong and what to do', () => {
    const paused = view({
      phase: 'paused',
      conditions: ['degraded'],
      troubles: [
        trouble({ who: 'vendor', code: 'E_VENDOR_FAULT', text: '503 × 4' }),
        trouble({
          who: 'you',
          code: 'E_PAUSED_LONG',
          text: 'paused by director since 2026-11-25T01:25:00.000Z',
          times: 1,
        }),
      ],
    });
    const text = lines(status({ view: paused }));
    expect(text[0]).toMatch(/^PAUSED, degraded {3}take 3, since .* YOU must act$/);
    expect(text[1]).toBe('  ! vendor: 503 × 4   E_VENDOR_FAULT, since 03:10:00, 4 times');
    expect(text[2]).toBe('  ! you: paused by director since 02:25:00   E_PAUSED_LONG, since 03:10:00');
    expect(text[3]).toBe('      → keeprolling resume 01JDG');
  });

  test('does not call it well while nothing arrives', () => {
    const source = { state: 'down', since: '2026-11-25T02:10:00Z', drops: 1, longestMs: 4_000 } as const;
    const text = lines(status({ view: view({ source, takes: [take({ actual: 'armed' })] }) }));
    expect(text[0]).toContain('the source must come back');
    expect(text).toContain('  source    MISSING since 03:10:00 (2m41s); 1 drop, longest 4s');
    expect(text).toContain('  proof     take 3 is armed, observed up to 03:12:30');
  });

  test('says that nothing is proved yet, and when it is in doubt', () => {
    const fresh = take({ evidence: null, provedTo: null, actual: null });
    expect(lines(status({ view: view({ takes: [fresh] }) }))).toContain(
      '  proof     take 3 is accepted, and not proved yet, nothing recorded in it yet',
    );
    const doubted = take({ suspectSince: '2026-11-25T02:11:41Z' });
    expect(lines(status({ view: view({ takes: [doubted] }) }))).toContain(
      '  proof     IN DOUBT since 03:11:41 (1m)',
    );
  });

  test('says of what is presumed that it is inferred, and from what', () => {
    const presumed = take({ actual: 'presumed', evidence: 'inferred' });
    const seen = {
      sentence: 'accepted, its push is online, next look 02:17:38 UTC',
      at: '2026-11-25T02:12:38Z',
      nextAt: '2026-11-25T02:17:38Z',
      attempt: 9,
    };
    const proofOf = (one: ReturnType<typeof take>): string =>
      lines(status({ view: view({ takes: [one] }), look: seen })).find((line) => line.includes('proof'))!;
    expect(proofOf(presumed)).toContain('  proof     inferred: accepted, its push is online');
    expect(proofOf(presumed)).not.toContain('observed');
    expect(proofOf(take({ actual: 'presumed' }))).toContain(
      'inferred: accepted, its push is online; observed up to 03:12:30',
    );
  });

  test('an account without a worker is exit code 7, although the session answers', () => {
    const silent = {
      part: 'account-worker',
      kind: 'gone',
      polledAt: null,
      queue: 'keeprolling/studio',
      text: 'no worker takes the calls; start one: keeprolling worker.',
    } as const;
    const one = status({ silent });
    expect(lines(one)[0]).toContain('NO WORKER ANSWERS on queue keeprolling/studio');
    expect(lines(one)[1]).toBe('  No worker takes the calls; start one: keeprolling worker.');
    expect(statusExit(one)).toBe(7);
  });
});

describe('the status of a session that does not answer', () => {
  const text =
    'no worker answers on queue keeprolling since 2026-11-25T01:41:50.000Z; start one: keeprolling worker. The vendor goes on recording meanwhile.';
  const silent = {
    part: 'workflow-worker',
    kind: 'gone',
    queue: 'keeprolling',
    polledAt: '2026-11-25T01:41:50.000Z',
    text,
  } as const;

  test('is the last that is known, with the dead part and what goes on without it', () => {
    const one = status({ source: 'last-known', view: null, lastKnown: lastKnown(), silent, archive: null });
    expect(lines(one)).toEqual([
      'RECORDING (last known 02:40:12 Europe/Berlin, 32m29s ago)   NO WORKER ANSWERS on queue keeprolling → start one: keeprolling worker',
      '  No worker answers on queue keeprolling since 02:41:50; start one: keeprolling worker. The vendor goes on',
      '  recording meanwhile.',
      '  session  ch-news   ome/studio/default/app/news1',
      '  take     3 (rec-3); wanted: recording',
      '  so far   98.9 %   3h40m20s recorded',
      '  window   until 04:00, 47m19s left',
      '  trouble  vendor: 503',
    ]);
    expect(statusExit(one)).toBe(7);
  });

  test('whose worker is there is not mended by another worker', () => {
    const mute = { ...silent, kind: 'no-answer', text: 'the session does not answer.' } as const;
    const one = status({ source: 'last-known', view: null, lastKnown: lastKnown(), silent: mute });
    expect(lines(one)[0]).toMatch(
      /NO WORKER ANSWERS on queue keeprolling → look further: keeprolling doctor$/,
    );
  });

  test('reads in the zone of the reader where its own is not known', () => {
    const { zone: _zone, ...rest } = status({
      source: 'last-known',
      view: null,
      lastKnown: lastKnown(),
      silent,
    });
    expect(lines(rest)[0]).toContain('last known 01:40:12 UTC');
  });

  test('without a server it is exit code 5', () => {
    const one = status({
      source: 'last-known',
      view: null,
      silent: {
        part: 'server',
        kind: 'gone',
        queue: null,
        polledAt: null,
        text: 'no Temporal server answers.',
      },
    });
    expect(lines(one)[0]).toBe(
      'NOTHING IS KNOWN of its state   NO TEMPORAL SERVER ANSWERS → look further: keeprolling doctor',
    );
    expect(statusExit(one)).toBe(5);
  });
});

describe('the status of a session that is not there yet, or no more', () => {
  test('a scheduled one says when it starts and how to cancel it', () => {
    const one = status({ source: 'scheduled', view: null, startAt: '2026-11-25T04:12:41Z' });
    expect(lines(one)[0]).toBe('SCHEDULED   starts in 2h');
    expect(lines(one)[2]).toBe(
      '  start    05:12:41 Europe/Berlin; until then nothing is called and the target is free',
    );
    expect(statusExit(one)).toBe(0);
  });

  test('one whose target is taken says by whom, and what becomes of it', () => {
    const launch = {
      phase: 'busy',
      text: 'another window waits until this one is over',
      window: { from: '2026-11-25T02:00:00Z', until: '2026-11-25T04:00:00Z' },
      running: { sessionId: '01JDX', name: 'ch-film', until: '2026-11-25T03:00:00Z' },
      schedule: 'weekly-news',
    } as const;
    const waits = status({ source: 'scheduled', view: null, startAt: '2026-11-25T02:00:00Z', launch });
    expect(lines(waits)).toEqual([
      'BUSY   its window began 12m41s ago',
      '  session   ch-news   ome/studio/default/app/news1',
      '  window    03:00 → 05:00 Europe/Berlin',
      '  start     when the target is free',
      '  target    is being recorded by ch-film, free at 04:00:00',
      '  launcher  another window waits until this one is over',
      '  schedule  weekly-news',
      '  next      keeprolling reschedule 01JDG moves it, keeprolling stop 01JDG cancels it',
    ]);
    // Its recorder needs time before its window: that has come, the window has not.
    const soon = { ...launch, window: { ...launch.window, from: '2026-11-25T02:13:32Z' } };
    expect(lines({ ...waits, launch: soon })[0]).toBe('BUSY   its window begins in 51s');
    const nobody = { ...launch, phase: 'scheduled' as const, running: null };
    expect(lines({ ...waits, launch: nobody })[0]).toBe('SCHEDULED   should have started 12m41s ago');
    const joined = { ...waits, launch: { ...launch, phase: 'joined' as const }, totals: view().soFar };
    expect(lines(joined)[0]).toBe('RECORDED   by ch-film');
    expect(lines(joined)).toContain(
      '  so far    98.9 %   3h40m20s recorded, 2m21s in gaps (source-absent 2m11s, paused 10s)',
    );
    expect(lines(joined).join('\n')).not.toMatch(/start {3,}|target {2,}/);
  });

  test('an ended one tells outcome, verdict and totals', () => {
    expect(lines(ended('completed'))).toEqual([
      'COMPLETED   partial',
      '  session   ch-news   ome/studio/default/app/news1',
      '  recorded  97.9 %   58m46s of 1h, 1m14s in gaps (source-absent 52s, paused 22s)',
      '  evidence  stored 57m30s, inferred 1m16s',
      '  takes     3',
      '  archive   /archive, 4 parts',
      '  details   keeprolling coverage 01JDG',
    ]);
  });

  test.each([
    ['completed', 0],
    ['limit-reached', 0],
    ['cancelled', 0],
    ['failed', 6],
    ['failed-to-start', 6],
    ['failed-to-stop', 6],
  ] as const)('%s is exit code %i', (outcome, exit) => {
    expect(statusExit(ended(outcome))).toBe(exit);
  });

  test('one that was ended from outside is unhealthy', () => {
    const one = status({ ended: true, source: 'archive', view: null });
    expect(lines(one)[0]).toMatch(/^ENDED WITHOUT AN OUTCOME .* its workflow was ended from outside$/);
    expect(statusExit(one)).toBe(6);
  });
});

describe('a session whose workflow has not begun', () => {
  const one = status({ source: 'last-known', view: null, lastKnown: { ...lastKnown(), phase: 'waiting' } });

  test('is starting, and nobody is blamed', () => {
    expect(lines(one)[0]).toBe('STARTING   its workflow is about to begin');
    expect(statusExit(one)).toBe(0);
    expect(watchLine(one, reader).line).toContain('  STARTING');
  });
});

describe('days and ends', () => {
  test('another day than today is told', () => {
    const ahead = status({ source: 'scheduled', view: null, startAt: '2026-11-28T04:12:41Z' });
    expect(watchLine(ahead, reader).line).toContain('starts 2026-11-28 05:12:41');
    expect(localised('until 2026-11-25T03:00:00.000Z', 'UTC', reader.now)).toBe('until 03:00:00');
    expect(localised('until 2026-11-26T03:00:00.000Z', 'UTC', reader.now)).toBe('until 2026-11-26 03:00:00');
  });

  test('what comes after the end of the window is told as the stop', () => {
    const due = { at: '2026-11-25T03:05:00Z', what: 'window ends' };
    expect(dueText(due, view().window)).toBe('recording stops');
    expect(dueText({ ...due, at: '2026-11-25T03:00:00.000Z' }, view().window)).toBe('window ends');
  });
});

describe('watch', () => {
  test('tells a change in a line, and not what merely grows', () => {
    const first = watchLine(status(), reader);
    expect(first.line).toBe('03:12:41  RECORDING  take 3 observed  next 03:40 refresh  98.9 %');
    const grown = view({ soFar: { ...view().soFar, percent: 99 } });
    expect(watchLine(status({ view: grown }), { ...reader, now: reader.now + 1_000 }).key).toBe(first.key);
    expect(watchLine(status({ view: view({ phase: 'paused' }) }), reader).key).not.toBe(first.key);
    expect(watchLine(ended('failed'), reader).line).toContain('FAILED');
  });

  test('redraws over its own lines, and cuts what would wrap', () => {
    expect(redraw('one\ntwo', 0, 10)).toEqual({ output: '\r\u001b[Jone\ntwo\n', lines: 2 });
    expect(redraw('a line too long', 2, 6).output).toBe('\u001b[2A\r\u001b[Ja lin…\n');
  });
});
