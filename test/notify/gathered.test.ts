/** What is told of a trouble that many sessions have, and when. */
import { describe, expect, it } from 'vitest';
import {
  AGAIN_MS,
  FORGOTTEN_MS,
  GATHER_MS,
  QUIET_MS,
  gathering,
  learnMaintenance,
  learnTrouble,
  thinkOver,
  type Gathered,
  type TroubleReport,
} from '../../src/session/gathered.ts';
import type { Notice } from '../../src/session/notices.ts';

const NOW = Date.parse('2026-11-24T06:00:00Z');
const MINUTE = 60_000;

class Play {
  readonly state: Gathered = gathering('test01', 'account/agora-prod');
  readonly told: Notice[] = [];
  now = NOW;
  over = false;

  report(
    session: number,
    state: 'on' | 'off' = 'on',
    deadline: number | null = null,
    code = 'E_VENDOR_AUTH',
  ): void {
    const report: TroubleReport = {
      sessionId: `s${session}`,
      name: `webinar-${session}`,
      workflowId: `recording/${session}`,
      trouble: {
        scope: 'account/agora-prod',
        state,
        code,
        who: 'you',
        text: 'The key is refused.',
        since: this.now,
        deadline,
      },
    };
    learnTrouble(this.state, report, this.now);
    this.think();
  }

  maintenance(until: number, by = 'alice'): void {
    learnMaintenance(this.state, { until, by, reason: 'upgrade' }, this.now);
    this.think();
  }

  /** Thinks whenever it wanted to, up to this instant. */
  until(at: number): void {
    for (let tries = 0; tries < 1000; tries += 1) {
      const { wakeAt } = this.think();
      if (wakeAt === null || wakeAt > at) break;
      this.now = Math.max(this.now + 1, wakeAt);
    }
    this.now = Math.max(this.now, at);
    this.think();
  }

  think(): ReturnType<typeof thinkOver> {
    const thought = thinkOver(this.state, this.now);
    this.told.push(...thought.notices);
    this.over = thought.over;
    return thought;
  }

  texts(): string[] {
    return this.told.map(({ text }) => text);
  }
}

describe('a trouble of many sessions', () => {
  it('is one sentence with their number and the nearest deadline', () => {
    const play = new Play();
    for (let i = 1; i <= 12; i += 1) play.report(i, 'on', NOW + (40 + i) * MINUTE - MINUTE);
    expect(play.told).toEqual([]);
    play.until(NOW + GATHER_MS);
    expect(play.texts()).toEqual([
      'agora-prod refuses our credentials: 12 sessions, the first is hurt at 06:40 UTC',
    ]);
    expect(play.told[0]!.data).toMatchObject({
      state: 'on',
      code: 'E_VENDOR_AUTH',
      who: 'you',
      sessions: 12,
      deadline: '2026-11-24T06:40:00.000Z',
      names: Array.from({ length: 10 }, (_, i) => `webinar-${i + 1}`),
    });
  });

  it('is told again when the number has doubled, at most every ten minutes', () => {
    const play = new Play();
    play.report(1);
    play.until(NOW + GATHER_MS);
    for (let i = 2; i <= 7; i += 1) {
      play.until(NOW + i * MINUTE);
      play.report(i);
    }
    expect(play.told).toHaveLength(1);
    play.until(NOW + GATHER_MS + AGAIN_MS);
    play.report(8);
    play.until(NOW + 60 * MINUTE);
    expect(play.told.map(({ data }) => [data!.state, data!.sessions])).toEqual([
      ['on', 1],
      ['changed', 7],
    ]);
  });

  it('is told again when it will hurt sooner', () => {
    const play = new Play();
    play.report(1, 'on', NOW + 300 * MINUTE);
    play.until(NOW + 20 * MINUTE);
    play.report(1, 'on', NOW + 60 * MINUTE);
    expect(play.told.map(({ data }) => data!.deadline)).toEqual([
      '2026-11-24T11:00:00.000Z',
      '2026-11-24T07:00:00.000Z',
    ]);
  });

  it('is told again when its cause is another one, after ten seconds', () => {
    const play = new Play();
    play.report(1);
    play.until(NOW + MINUTE);
    play.report(1, 'off');
    play.until(NOW + MINUTE + 48_000);
    play.report(1, 'on', null, 'E_CONFIG_INVALID');
    play.until(NOW + MINUTE + 48_000 + GATHER_MS - 1);
    expect(play.told).toHaveLength(1);
    play.until(NOW + 2 * MINUTE);
    expect(play.texts()[1]).toBe('the configuration of agora-prod cannot be used: 1 session');
    expect(play.told[1]).toMatchObject({
      at: NOW + MINUTE + 48_000 + GATHER_MS,
      data: { state: 'changed', code: 'E_CONFIG_INVALID', since: '2026-11-24T06:00:00.000Z' },
    });
    play.report(1, 'off', null, 'E_CONFIG_INVALID');
    play.until(NOW + 10 * MINUTE);
    expect(play.texts().slice(2)).toEqual(['agora-prod works again after 2 min (E_CONFIG_INVALID)']);
  });

  it('is not told anew for a few that have another cause, nor for one that passes', () => {
    const play = new Play();
    for (let i = 1; i <= 4; i += 1) play.report(i);
    play.until(NOW + MINUTE);
    for (let i = 1; i <= 2; i += 1) play.report(i, 'on', null, 'E_VENDOR_FAULT');
    play.until(NOW + 2 * MINUTE);
    play.report(3, 'on', null, 'E_VENDOR_FAULT');
    play.until(NOW + 2 * MINUTE + GATHER_MS - 1);
    play.report(3);
    play.until(NOW + 30 * MINUTE);
    expect(play.told).toHaveLength(1);
  });

  it('tells causes that take turns once each, and then at most every ten minutes', () => {
    const play = new Play();
    for (let i = 0; i < 28; i += 1) {
      play.report(1, 'on', null, i % 2 === 0 ? 'E_VENDOR_AUTH' : 'E_VENDOR_FAULT');
      play.until(NOW + (i + 1) * MINUTE);
    }
    expect(play.told.map(({ at, data }) => [Math.floor((at - NOW) / MINUTE), data!.code])).toEqual([
      [0, 'E_VENDOR_AUTH'],
      [1, 'E_VENDOR_FAULT'],
      [12, 'E_VENDOR_AUTH'],
      [22, 'E_VENDOR_FAULT'],
    ]);
  });

  it('is over once, when it has been quiet for a minute', () => {
    const play = new Play();
    play.report(1);
    play.until(NOW + 5 * MINUTE);
    play.report(1, 'off');
    play.until(NOW + 5 * MINUTE + QUIET_MS - 1);
    expect(play.over).toBe(false);
    play.report(1);
    play.report(1, 'off');
    play.until(NOW + 10 * MINUTE);
    expect(play.texts().slice(1)).toEqual(['agora-prod works again after 6 min (E_VENDOR_AUTH)']);
    expect(play.over).toBe(true);
  });

  it('is not told when it is over sooner than it was gathered', () => {
    const play = new Play();
    play.report(1);
    play.until(NOW + GATHER_MS - 1);
    play.report(1, 'off');
    play.until(NOW + 60 * MINUTE);
    expect(play.told).toEqual([]);
    expect(play.over).toBe(true);
  });

  it('forgets a session that is not heard of for two days', () => {
    const play = new Play();
    play.report(1);
    play.until(NOW + FORGOTTEN_MS + 5 * MINUTE);
    expect(play.told.map(({ data }) => data!.state)).toEqual(['on', 'off']);
    expect(play.over).toBe(true);
  });

  it('keeps a thousand sessions and no more', () => {
    const play = new Play();
    for (let i = 1; i <= 1500; i += 1) play.report(i);
    play.until(NOW + GATHER_MS);
    expect(play.texts()[0]).toContain('1000 sessions or more');
    expect(Object.keys(play.state.sessions)).toHaveLength(1000);
    // What a workflow hands to its next run has room within what Temporal takes.
    expect(JSON.stringify(play.state).length).toBeLessThan(256 * 1024);
  });

  it('has sequences that grow, also over the next time', () => {
    const play = new Play();
    play.report(1);
    play.until(NOW + 5 * MINUTE);
    play.maintenance(NOW + 6 * MINUTE);
    play.report(1, 'off');
    play.until(NOW + 20 * MINUTE);
    const sequences = play.told.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b));
    expect(play.told).toHaveLength(4);
  });
});

describe('maintenance', () => {
  it('is told when it begins and when it ends, and silences troubles meanwhile', () => {
    const play = new Play();
    play.maintenance(NOW + 15 * MINUTE);
    for (let i = 1; i <= 12; i += 1) play.report(i);
    play.until(NOW + 14 * MINUTE);
    for (let i = 1; i <= 12; i += 1) play.report(i, 'off');
    play.until(NOW + 60 * MINUTE);
    expect(play.texts()).toEqual([
      'maintenance of agora-prod until 06:15 UTC, by alice: upgrade',
      'maintenance of agora-prod is over: its time has come',
    ]);
    expect(play.over).toBe(true);
  });

  it('lets what still hurts at its end be told', () => {
    const play = new Play();
    play.maintenance(NOW + 15 * MINUTE);
    play.report(1);
    play.until(NOW + 15 * MINUTE + GATHER_MS);
    expect(play.told.map(({ kind, data }) => [kind, data!.state])).toEqual([
      ['maintenance', 'on'],
      ['maintenance', 'off'],
      ['trouble', 'on'],
    ]);
    // It began when it began, and not with the end of the silence.
    expect(play.told.at(-1)!.data!.since).toBe('2026-11-24T06:00:00.000Z');
  });

  it('can be ended before its time', () => {
    const play = new Play();
    play.maintenance(NOW + 60 * MINUTE);
    play.until(NOW + 5 * MINUTE);
    play.maintenance(play.now, 'bob');
    expect(play.told.map(({ text, data }) => [text, data!.by])).toEqual([
      ['maintenance of agora-prod until 07:00 UTC, by alice: upgrade', 'alice'],
      ['maintenance of agora-prod is over: bob has ended it', 'bob'],
    ]);
    expect(play.told.map(({ at, data }) => [at - NOW, data!.state])).toEqual([
      [0, 'on'],
      [5 * MINUTE, 'off'],
    ]);
    expect(play.over).toBe(true);
  });
});
