/** What a session makes of what the launchers of other windows on its target tell it, step by step. */
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/session/events.ts';
import type { Neighbour, NeighbourWord } from '../../src/session/neighbours.ts';
import { MINUTE, START } from '../driver/world.ts';
import { Told } from './told.ts';

const AT = (minutes: number): number => START + minutes * MINUTE;

/** The session's own window lasts an hour; instants are in minutes. */
class Ann extends Told {
  constructor(window: object = {}, policy: object = {}) {
    super({}, {}, { owner: 'ann', window: { from: 'now', length: '1h', ...window }, policy });
    this.open();
  }

  tell(now: number, name: string, from: number, until: number, more: Partial<Neighbour> = {}): Effect[] {
    const neighbour: Neighbour = {
      sessionId: `session of ${name}`,
      name,
      owner: null,
      fromMs: AT(from),
      untilMs: AT(until),
      recordingFromMs: AT(from),
      busy: 'extend',
      recordingHash: this.state.plan.recordingHash!,
      launcher: `launch/${name}`,
      ...more,
    };
    return this.hear(now * 60, 'boundary', now * 60, { neighbour });
  }

  /** Owners, and until which minute. */
  get wanted(): [string, number][] {
    return this.state.claims.map(({ owner, until }) => [owner, (until! - START) / MINUTE]);
  }

  get ends(): number {
    return (this.state.untilMs! - START) / MINUTE;
  }
}

const wordsIn = (effects: Effect[]): [string, NeighbourWord][] =>
  effects.flatMap((one) => (one.kind === 'tell-neighbour' ? [[one.launcher, one.word]] : []));

describe('a window that is recorded too', () => {
  it.each([
    ['later', 150],
    ['sooner', 90],
  ])('and is moved to end %s stays recorded, to its new end', (_what, until) => {
    const session = new Ann();
    session.tell(30, 'bob', 50, 120);
    session.feed(61 * 60, { kind: 'due' });
    expect(session.wanted).toEqual([['bob', 120]]);
    const [[, word]] = wordsIn(session.tell(75, 'bob', 50, until)) as [[string, NeighbourWord]];
    expect(word).toMatchObject({ word: 'joined', at: AT(until), about: { untilMs: AT(until) } });
    expect(session.wanted).toEqual([['bob', until]]);
    expect(session.ends).toBe(until);
    expect(session.state.desired.state).toBe('recording');
  });

  it('keeps the end that it was given here when its launcher asks again', () => {
    const session = new Ann();
    session.tell(30, 'bob', 50, 120);
    const extend = { command: 'extend' as const, id: 'e', by: 'bob', reason: null, until: AT(140) };
    session.feed(70 * 60, { kind: 'command', command: { ...extend, waits: false } });
    session.tell(75, 'bob', 50, 120);
    expect(session.ends).toBe(140);
  });

  it.each([
    ['padding', { padding: { after: '30m' } }],
    ['overrun', { overrun: '30m' }],
  ])('and is withdrawn leaves what is left of %s', (_what, window) => {
    const session = new Ann(window);
    session.look(60, 'recording');
    session.tell(64, 'bob', 65, 120);
    expect(session.wanted).toEqual([['bob', 120]]);
    session.tell(70, 'bob', 65, 120, { withdrawn: true });
    expect(session.state.desired.state).toBe('recording');
    expect(session.wanted).toEqual([['ann', 60]]);
    session.feed(89.9 * 60, { kind: 'due' });
    expect(session.state.desired.state).toBe('recording');
    session.feed(90 * 60, { kind: 'due' });
    expect(session.state.desired).toMatchObject({ state: 'stopped', by: 'window' });
  });

  it('and is withdrawn when nothing else is left ends the recording', () => {
    const session = new Ann({ padding: { after: '5m' } });
    session.tell(64, 'bob', 65, 120);
    session.tell(70, 'bob', 65, 120, { withdrawn: true });
    expect(session.state.desired).toMatchObject({ state: 'stopped', by: 'bob' });
  });

  it('and is withdrawn ends the recording that its owner had stopped for himself', () => {
    const session = new Ann({ padding: { after: '30m' } });
    session.tell(30, 'bob', 50, 120);
    const stop = { command: 'stop' as const, id: 's', by: 'ann', reason: null, until: null };
    session.feed(40 * 60, { kind: 'command', command: { ...stop, waits: false } });
    expect(session.wanted).toEqual([['bob', 120]]);
    session.tell(70, 'bob', 50, 120, { withdrawn: true });
    expect(session.state.desired).toMatchObject({ state: 'stopped', by: 'bob' });
  });
});

describe('a session that ends', () => {
  it('tells the next one that the target is free, and then the others to ask who has it', () => {
    const session = new Ann();
    session.tell(10, 'cleo', 40, 80, { busy: 'queue' });
    session.tell(11, 'bob', 20, 70, { busy: 'queue' });
    session.tell(12, 'dan', 30, 50, { busy: 'skip' });
    const stop = { command: 'stop' as const, id: 's', by: 'ann', reason: null, until: null };
    session.feed(30 * 60, { kind: 'command', command: { ...stop, waits: false } });
    const effects = session.answer(30 * 60, { op: 'stop', ok: { at: AT(30), how: 'stopped' } });
    expect(session.state.released).toBe(true);
    expect(wordsIn(effects)).toEqual([
      ['launch/bob', expect.objectContaining({ word: 'freed', at: AT(30) })],
      ['launch/cleo', expect.objectContaining({ word: 'queued', at: AT(30) })],
    ]);
  });
});
