/** What each callback does to a take in each of its states, where looks see the source and where they do not. */
import { describe, expect, it } from 'vitest';
import type { Effect, RecorderEvent, RecorderEventKind } from '../../src/session/events.ts';
import type { Traits } from '../../src/session/traits.ts';
import { SECOND, START } from '../driver/world.ts';
import { MARK, SID, Told, UNANSWERED } from './told.ts';

const RESERVED: Partial<Traits> = {
  reserves: true,
  unansweredStart: 'repeat-reserved',
  unansweredMs: 30_000,
  absence: { proofMs: 95_000 },
};

const STATUSES: Record<string, (session: Told) => Told> = {
  starting: (session) => session.starting(),
  unanswered: (session) => {
    session.starting().answer(1, { op: 'start', failed: { ...UNANSWERED, retry: 60_000 } });
    return session;
  },
  armed: (session) => {
    session.open().look(2, 'armed');
    return session;
  },
  recording: (session) => {
    session.open().look(2, 'recording', { since: { at: START + 1_500, plusMinusMs: 100 } });
    return session;
  },
  stopping: (session) => {
    const recording = STATUSES.recording!(session);
    recording.feed(5, { kind: 'cancel' });
    return recording;
  },
  ended: (session) => {
    const recording = STATUSES.recording!(session);
    const command = { command: 'pause', id: 'c', by: 'me', reason: null, until: null, waits: false } as const;
    recording.feed(5, { kind: 'command', command });
    recording.answer(6, { op: 'stop', ok: { at: START + 6 * SECOND, how: 'stopped' } });
    return recording;
  },
  'written off': (session) => {
    const unanswered = STATUSES.unanswered!(session);
    unanswered.state.takes[0]!.unnamed = true;
    unanswered.feed(31, { kind: 'due' });
    return unanswered;
  },
};

const EVENTS: Record<string, [RecorderEventKind, Partial<RecorderEvent>]> = {
  up: ['source-up', {}],
  down: ['source-down', {}],
  started: ['recorder-started', {}],
  media: ['recorder-recording', { since: START + 35 * SECOND }],
  moved: ['recorder-moved', {}],
  failed: ['recorder-failed', { failure: { ...UNANSWERED, message: 'The page is gone.' } }],
  ended: ['recorder-ended', {}],
};

/** Of the first take, and what is done about it. */
function said(session: Told, effects: Effect[]): string {
  const take = session.state.takes.find((one) => one.number === 1)!;
  const calls = effects.flatMap((effect) => {
    if (effect.kind === 'watch') return ['look'];
    if (effect.kind !== 'call') return [];
    const { call } = effect;
    return ['named' in call ? `named ${call.op}` : call.op];
  });
  const words = [
    take.status,
    take.actual ?? '',
    session.spans(take),
    take.named === null ? '' : 'named',
    take.provedAt === START + 40 * SECOND ? 'proved' : '',
    take.suspectSince === null ? '' : 'suspect',
    `source ${session.state.source.state}`,
    ...(session.state.callbacks.ignored > 0 ? ['ignored'] : []),
    ...calls.map((call) => `→ ${call}`),
  ];
  return words.filter(Boolean).join(' · ');
}

function table(seesDrops: boolean): Record<string, Record<string, string>> {
  const rows: Record<string, Record<string, string>> = {};
  for (const [status, reach] of Object.entries(STATUSES)) {
    rows[status] = {};
    for (const [name, [kind, more]] of Object.entries(EVENTS)) {
      const begun = new Told({ ...RESERVED, seesDrops });
      // Callbacks come: this is not the first one.
      begun.state.callbacks.healthy = true;
      const session = reach(begun);
      const effects = session.hear(40, kind, 38, { recording: SID, mark: MARK, ...more });
      rows[status][name] = said(session, effects);
    }
  }
  return rows;
}

/** What it says in these does not depend on whether looks see the source. */
const ALIKE = {
  ended: {
    down: 'ended · recording · 1.5–6 · source up · ignored',
    ended: 'ended · recording · 1.5–6 · source up · ignored',
    failed: 'ended · recording · 1.5–6 · source up · ignored',
    media: 'ended · recording · 1.5–6 · source up · ignored',
    moved: 'ended · recording · 1.5–6 · source up · ignored',
    started: 'ended · recording · 1.5–6 · source up · ignored',
    up: 'ended · recording · 1.5–6 · source up · ignored',
  },
  starting: {
    down: 'starting · named · source down',
    ended: 'starting · named · suspect · source unknown',
    failed: 'starting · named · suspect · source unknown',
    media: 'starting · named · proved · source up',
    moved: 'starting · named · suspect · source unknown',
    started: 'starting · named · source unknown',
    up: 'starting · named · source up',
  },
  stopping: {
    down: 'open · recording · 1.5– · source up',
    ended: 'open · recording · 1.5– · source up',
    failed: 'open · recording · 1.5– · source up',
    media: 'open · recording · 1.5– · source up',
    moved: 'open · recording · 1.5– · source up',
    started: 'open · recording · 1.5– · source up',
    up: 'open · recording · 1.5– · source up',
  },
  unanswered: {
    down: 'unanswered · named · source down · → named start',
    ended: 'unanswered · named · suspect · source unknown · → named start',
    failed: 'unanswered · named · suspect · source unknown · → named start',
    media: 'unanswered · named · proved · source up · → named start',
    moved: 'unanswered · named · suspect · source unknown · → named start',
    started: 'unanswered · named · source unknown · → named start',
    up: 'unanswered · named · source up · → named start',
  },
  'written off': {
    down: 'unanswered · named · source unknown · → named start',
    ended: 'written-off · source unknown · ignored',
    failed: 'unanswered · named · suspect · source unknown · → named start',
    media: 'unanswered · named · proved · source unknown · → named start',
    moved: 'unanswered · named · suspect · source unknown · → named start',
    started: 'unanswered · named · source unknown · → named start',
    up: 'unanswered · named · source unknown · → named start',
  },
};

describe('a callback', () => {
  it('where looks see the source', () => {
    expect(table(true)).toEqual({
      ...ALIKE,
      armed: {
        down: 'open · armed · source down',
        ended: 'open · armed · suspect · source down · → look',
        failed: 'open · armed · suspect · source down · → look',
        media: 'open · recording · 35– · source up · → look',
        moved: 'open · armed · suspect · source down · → look',
        started: 'open · armed · source down',
        up: 'open · armed · source up',
      },
      recording: {
        down: 'open · armed · 1.5–38 · source down · → look',
        ended: 'open · recording · 1.5– · suspect · source up · → look',
        failed: 'open · recording · 1.5– · suspect · source up · → look',
        media: 'open · recording · 1.5– · source up',
        moved: 'open · recording · 1.5– · suspect · source up · → look',
        started: 'open · recording · 1.5– · source up',
        up: 'open · recording · 1.5– · source up · → look',
      },
    });
  });
  it('where callbacks alone tell of the source', () => {
    expect(table(false)).toEqual({
      ...ALIKE,
      armed: {
        down: 'open · armed · source down',
        ended: 'open · armed · suspect · source unknown · → look',
        failed: 'open · armed · suspect · source unknown · → look',
        media: 'open · armed · 35– · source up',
        moved: 'open · armed · suspect · source unknown · → look',
        started: 'open · armed · source unknown',
        up: 'open · armed · 38– · source up',
      },
      recording: {
        down: 'open · recording · 1.5–38 · source down',
        ended: 'open · recording · 1.5– · suspect · source up · → look',
        failed: 'open · recording · 1.5– · suspect · source up · → look',
        media: 'open · recording · 1.5– · source up',
        moved: 'open · recording · 1.5– · suspect · source up · → look',
        started: 'open · recording · 1.5– · source up',
        up: 'open · recording · 1.5– · source up',
      },
    });
  });
});

describe('a word that comes late', () => {
  it('claims nothing of the time in which something else kept the take from writing', () => {
    const session = STATUSES.recording!(new Told({ seesDrops: false, nativePause: true }));
    const command = { by: 'me', reason: null, until: null, waits: false };
    session.feed(10, { kind: 'command', command: { ...command, command: 'pause', id: 'p' } });
    session.answer(10, { op: 'pause', ok: { at: START + 10 * SECOND } });
    session.feed(20, { kind: 'command', command: { ...command, command: 'resume', id: 'r' } });
    session.answer(20, { op: 'resume', ok: { at: START + 20 * SECOND } });
    session.hear(25, 'source-down', 25, { recording: SID });
    session.hear(30, 'source-up', 12, { recording: SID });
    expect(session.spans()).toBe('1.5–10, 20–25');
    expect(session.gaps()).toMatchObject({ paused: 10, 'source-absent': 5 });
  });

  it('leaves no gap without a cause where a look had seen the begin of what it takes back', () => {
    const session = new Told({ seesDrops: false }).open();
    session.look(20, 'recording');
    session.hear(30, 'source-up', 15, { recording: SID });
    session.hear(31, 'source-down', 17, { recording: SID });
    session.feed(32, { kind: 'due' });
    expect(session.spans()).toBe('15–17');
    expect(Object.keys(session.gaps()).toSorted()).toEqual(['late-start', 'source-absent']);
  });
});

describe('what anybody may send', () => {
  it.each([1e300, -1e300, 8.64e15 + 1])('%d as an instant stops no session', (instant) => {
    const kinds = ['boundary', 'maintenance', 'source-down', 'recorder-recording', 'recorder-ended'] as const;
    for (const kind of kinds) {
      const session = new Told().open();
      const more = { since: instant, until: instant, recording: SID, by: 'me' };
      expect(() => session.hear(5, kind, (instant - START) / SECOND, more)).not.toThrow();
      expect(() => session.feed(6, { kind: 'due' })).not.toThrow();
    }
  });

  it('is ignored, and counted, where it is about another session', () => {
    const session = new Told(RESERVED).open();
    session.hear(5, 'source-down', 5, { recording: 'another' });
    session.hear(5, 'source-down', 5, { mark: 'another' });
    // A name of ours under which somebody else records: two numbers can be the same by chance.
    session.hear(5, 'source-down', 5, { recording: 'another', mark: MARK });
    expect(session.state.callbacks).toMatchObject({ heard: 0, ignored: 3, healthy: false });
    expect(session.state.source.state).toBe('unknown');
  });
});
