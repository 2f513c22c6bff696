/** Rule, push, START: in that order, and each refusal by what it really means. */
import { describe, expect, it } from 'vitest';
import { huaweiRecorder } from '../../../src/recorders/huawei/adapter.ts';
import { kit, MINUTE, SECOND, T0 } from './kit.ts';

describe('a start', () => {
  it('is accepted for a push that follows the rule, and its request id is kept', async () => {
    const k = kit();
    await k.prepare();
    k.clock.advance(SECOND);
    k.push();
    k.clock.advance(SECOND);
    const started = await k.start();
    expect(started.requestId).toMatch(/^[0-9a-f-]{36}-\d+-/);
    expect(started.recording).toBe(started.requestId);
    expect(started.handle).toEqual({ push: '2026-11-21T12:00:01Z', startedAt: T0 + 2 * SECOND });
    expect(started.observation).toMatchObject({
      actual: 'presumed',
      since: { at: T0 + 2 * SECOND, plusMinusMs: SECOND },
    });
    expect(k.live()).toHaveLength(1);
  });

  it('without a push fails for its source, and no START is sent', async () => {
    const k = kit();
    await k.prepare();
    const failure = await k.failure(k.start());
    expect(failure).toMatchObject({ who: 'source', retry: 'later', applied: 'no', cause: 'source-absent' });
    expect(k.lines('record/control')).toEqual([]);
  });

  it('for a push that began before the rule is not in force, and no START is sent', async () => {
    const k = kit();
    k.push();
    k.clock.advance(MINUTE);
    await k.prepare();
    const failure = await k.failure(k.start());
    expect(failure).toMatchObject({
      code: 'E_NOT_IN_FORCE',
      who: 'you',
      retry: 'later',
      applied: 'no',
      cause: 'vendor-rule',
    });
    expect(failure.message).toContain('nothing is recorded until the encoder reconnects');
    expect(k.lines('record/control')).toEqual([]);
  });

  it('after a repush is in force', async () => {
    const k = kit();
    k.push();
    k.clock.advance(MINUTE);
    await k.prepare();
    await k.failure(k.start());
    const done = await huaweiRecorder.repush!(k.context, k.subject);
    expect(done.requestId).toBeDefined();
    expect(k.sent.at(-1)?.body).toBe('{"domain":"push.example.com","app_name":"live","stream_name":"match"}');
    k.clock.advance(10 * SECOND);
    await expect(k.start()).resolves.toMatchObject({ observation: { actual: 'presumed' } });
  });

  it('without a rule of the right type finds the account unready', async () => {
    const k = kit();
    k.push();
    const failure = await k.failure(k.start());
    expect(failure).toMatchObject({ code: 'E_ACCOUNT_UNREADY', who: 'you', applied: 'no' });
  });

  it('whose reply was lost is sent again, and "already recording" is ours then', async () => {
    const k = kit();
    await k.prepare();
    k.clock.advance(SECOND);
    k.push();
    k.fault('start', 'reply-lost');
    const failure = await k.failure(k.start());
    expect(failure).toMatchObject({ code: 'E_VENDOR_UNANSWERED', applied: 'unknown' });
    k.clock.advance(2 * SECOND);
    const again = await k.start({ attempt: 2 });
    expect(again).toMatchObject({ wasOurs: true, observation: { actual: 'presumed' } });
    expect(k.live()).toHaveLength(1);
  });

  it.each(['reply-lost', 'error-applied', 'error-unapplied', 'late', 'reset'] as const)(
    'is possibly applied after %s, and a repeat makes no second recording',
    async (fault) => {
      const k = kit();
      await k.prepare();
      k.clock.advance(SECOND);
      k.push();
      k.fault('start', fault);
      expect((await k.failure(k.start())).applied).toBe('unknown');
      k.clock.advance(SECOND);
      await k.start({ attempt: 2 });
      expect(k.live()).toHaveLength(1);
    },
  );
});

describe('"a recording exists"', () => {
  async function foreign() {
    const k = kit();
    const take = await k.recording();
    return { k, take };
  }

  it('at the first start is foreign for now, and asked again after the 10 s that a STOP leaves', async () => {
    const { k } = await foreign();
    const failure = await k.failure(k.start());
    expect(failure).toMatchObject({
      code: 'E_FOREIGN_RECORDING',
      who: 'you',
      retry: 10_500,
      applied: 'no',
      cause: 'vendor-rule',
    });
    expect(failure.message).toContain('stopped less than 10 s ago');
    expect(failure.vendor).toMatchObject({ status: 400, code: 'LIVE.100011022' });
  });

  it('still 10 s later is refused, or adopted where that is wished for', async () => {
    const { k } = await foreign();
    const foreignSince = k.clock.now();
    await k.failure(k.start());
    k.clock.advance(10_500);
    const failure = await k.failure(k.start({ foreignSince }));
    expect(failure).toMatchObject({ code: 'E_FOREIGN_RECORDING', retry: 'never' });
    const adopted = await k.start({ foreignSince, adoptForeign: true });
    expect(adopted.wasOurs).toBeUndefined();
    expect(adopted.handle).toMatchObject({ push: '2026-11-21T12:00:01Z' });
  });

  it('within 10 s of a STOP of somebody else passes by itself', async () => {
    const { k, take } = await foreign();
    await k.stop(take);
    k.clock.advance(2 * SECOND);
    const foreignSince = k.clock.now();
    expect(await k.failure(k.start())).toMatchObject({ code: 'E_FOREIGN_RECORDING', retry: 10_500 });
    k.clock.advance(10_500);
    await k.start({ foreignSince });
    expect(k.live()).toHaveLength(1);
  });

  it('within 10 s of a STOP may have the code of everything, and is tried again later', async () => {
    const k = kit({ unknowns: { tooSoonCode: 'LIVE.100011001' } });
    await k.stop(await k.recording());
    k.clock.advance(2 * SECOND);
    expect(await k.failure(k.start())).toMatchObject({
      code: 'E_VENDOR_REFUSED',
      retry: 'later',
      applied: 'no',
    });
  });
});

describe.each([400, 404] as const)('LIVE.100011001 with status %s', (status) => {
  it('of a stream that has gone meanwhile is its source', async () => {
    const k = kit({ unknowns: { offlineStatus: status } });
    await k.prepare();
    k.clock.advance(SECOND);
    k.push();
    k.answers = (request, said) => {
      if (request.target.includes('record/control') && k.lines('record/control').length === 1) k.unpush();
      return said();
    };
    const failure = await k.failure(k.start());
    expect(failure).toMatchObject({ who: 'source', cause: 'source-absent', applied: 'no' });
    expect(k.lines('record/control')).toHaveLength(1);
  });

  it('of a rule that is not in force says so', async () => {
    const k = kit({ unknowns: { noRuleStatus: status } });
    k.push();
    k.clock.advance(SECOND);
    await k.prepare();
    // An earlier attempt may record: START is sent before anything else is asked.
    expect(await k.failure(k.start({ attempt: 2 }))).toMatchObject({ code: 'E_NOT_IN_FORCE', applied: 'no' });
  });
});

describe('another START after a new push', () => {
  it('tells that the take goes on after a drop that is shorter than the threshold', async () => {
    const k = kit();
    const take = await k.recording();
    k.clock.advance(MINUTE);
    k.unpush();
    k.clock.advance(20 * SECOND);
    k.push();
    k.clock.advance(5 * SECOND);
    const asserted = await k.assert(take);
    expect(asserted).toMatchObject({
      goesOn: true,
      handle: { push: '2026-11-21T12:01:22Z', startedAt: T0 + 2 * SECOND },
      observation: { actual: 'presumed', since: { at: T0 + 82 * SECOND, plusMinusMs: SECOND } },
    });
    expect(k.live()).toHaveLength(1);
  });

  it('begins the next take after a drop that is longer', async () => {
    const k = kit();
    const take = await k.recording();
    k.clock.advance(MINUTE);
    k.unpush();
    k.clock.advance(2 * MINUTE);
    k.push();
    k.clock.advance(5 * SECOND);
    const asserted = await k.assert(take);
    expect(asserted).toMatchObject({ goesOn: false, observation: { since: { at: k.clock.now() } } });
    expect(k.truth('recording').filter(({ event }) => event === 'began')).toHaveLength(2);
    expect(k.live()).toHaveLength(1);
  });

  it.each(['ends', 'goes-on'] as const)(
    'is asked with threshold 0 too: an interruption %s it',
    async (mergeZero) => {
      const options = { hls_config: { record_max_duration_to_merge_file: 0 } };
      const k = kit({ options, unknowns: { mergeZero } });
      const take = await k.recording();
      k.clock.advance(MINUTE);
      k.unpush();
      k.clock.advance(5 * SECOND);
      k.push();
      k.clock.advance(SECOND);
      expect((await k.assert(take)).goesOn).toBe(mergeZero === 'goes-on');
      expect(k.live()).toHaveLength(1);
    },
  );

  it('without a push fails for the source', async () => {
    const k = kit();
    const take = await k.recording();
    k.unpush();
    expect(await k.failure(k.assert(take))).toMatchObject({ who: 'source', applied: 'no' });
  });

  it('for the same push asks no rule: what records was begun under the rule as it was', async () => {
    const k = kit();
    const take = await k.recording('told ended');
    k.clock.advance(MINUTE);
    const asserted = await k.assert(take);
    expect(asserted.goesOn).toBe(true);
    expect(asserted.observation.since).toBeUndefined();
    expect(k.lines('record/rules').filter((line) => line.startsWith('GET'))).toHaveLength(2);
  });

  it('is not sent where the rule is younger than the push', async () => {
    const k = kit();
    const take = await k.recording();
    k.clock.advance(MINUTE);
    k.unpush();
    k.clock.advance(SECOND);
    k.push();
    k.clock.advance(SECOND);
    const [rule] = k.control('rules') as { id: string }[];
    const ruleFields = { ...(rule as Record<string, unknown>) };
    k.says('record/rules', 200, {
      total: 1,
      record_config: [{ ...ruleFields, update_time: '2026-11-21T12:30:00Z' }],
    });
    expect(await k.failure(k.assert(take))).toMatchObject({ code: 'E_NOT_IN_FORCE' });
    expect(k.lines('action=START')).toHaveLength(1);
  });
});
