import { describe, expect, it } from 'vitest';
import { huaweiKit, RULE, ruleOf } from './huawei-kit.ts';
import type { HuaweiKit } from './huawei-kit.ts';

const ILLEGAL = { error_code: 'LIVE.100011001' };
const ALREADY = { status: 400, json: { error_code: 'LIVE.100011022' } };

/** One that records cam1. */
function recording(kit: HuaweiKit = huaweiKit(), rule: Record<string, unknown> = RULE): HuaweiKit {
  kit.rule(rule);
  kit.push();
  kit.start();
  kit.wait(20_000);
  return kit;
}

describe('START', () => {
  it('begins a recording and answers with nothing but a request id', () => {
    const kit = huaweiKit();
    expect(kit.rule().status).toBe(201);
    kit.push();
    const got = kit.start();
    expect(got).toMatchObject({ status: 200, body: '', headers: { 'content-length': '0' } });
    expect(got.headers['X-request-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{10}-\S+$/);
    expect(kit.recording()).toBe(true);
  });

  it.each([400, 404] as const)('is refused with %s while nothing is pushed', (offlineStatus) => {
    const kit = huaweiKit({ unknowns: { offlineStatus } });
    kit.rule();
    expect(kit.start()).toMatchObject({ status: offlineStatus, json: ILLEGAL });
    expect(kit.recording()).toBe(false);
  });

  it.each([400, 404] as const)('is refused with %s without a rule', (noRuleStatus) => {
    const kit = huaweiKit({ unknowns: { noRuleStatus } });
    kit.push();
    expect(kit.start()).toMatchObject({ status: noRuleStatus, json: ILLEGAL });
  });

  it('is refused while the stream is recorded, which leaves the recording alone', () => {
    const kit = recording();
    expect(kit.start()).toMatchObject(ALREADY);
    expect(kit.truth('recording')).toHaveLength(1);
  });

  it.each(['LIVE.100011022', 'LIVE.100011001'] as const)(
    'is refused with %s until 10 s after the STOP',
    (tooSoonCode) => {
      const kit = recording(huaweiKit({ unknowns: { tooSoonCode } }));
      expect(kit.stop().status).toBe(200);
      kit.wait(9_999);
      expect(kit.start()).toMatchObject({ status: 400, json: { error_code: tooSoonCode } });
      kit.wait(1);
      expect(kit.start().status).toBe(200);
    },
  );

  it('counts the 10 s from the last STOP that was taken, for that stream alone', () => {
    const kit = recording(huaweiKit(), { ...RULE, stream: '*' });
    kit.push('cam2');
    kit.stop();
    kit.wait(6_000);
    expect(kit.stop().status).toBe(404);
    expect(kit.start('cam2').status).toBe(200);
    kit.wait(4_000);
    expect(kit.start().status).toBe(200);
  });

  it('goes by the rule at the time of the push', () => {
    const kit = huaweiKit();
    kit.push();
    const { id } = kit.rule().json;
    expect(kit.start().status).toBe(400);
    kit.unpush();
    kit.push();
    kit.call('DELETE', `/record/rules/${id}`);
    expect(kit.start().status).toBe(200);
  });

  it.each(['publish_domain', 'app', 'stream'])('wants %s', (name) => {
    const kit = huaweiKit();
    const body = { publish_domain: 'p', app: 'a', stream: 's', [name]: '' };
    expect(kit.call('POST', '/record/control?action=START', body)).toMatchObject({
      status: 400,
      json: ILLEGAL,
    });
  });

  it('and STOP are the only actions', () => {
    const kit = huaweiKit();
    const body = { publish_domain: 'p', app: 'a', stream: 's' };
    expect(kit.call('POST', '/record/control?action=PAUSE', body)).toMatchObject({
      status: 400,
      json: ILLEGAL,
    });
  });
});

describe('STOP', () => {
  it('ends the recording', () => {
    const kit = recording();
    expect(kit.stop()).toMatchObject({ status: 200, body: '' });
    expect(kit.truth('recording').at(-1)).toMatchObject({ event: 'ended', reason: 'stop' });
  });

  it.each([404, 400] as const)('finds no record where nothing is recorded, with %s', (noRecordStatus) => {
    const kit = huaweiKit({ unknowns: { noRecordStatus } });
    kit.rule();
    kit.push();
    expect(kit.stop()).toMatchObject({
      status: noRecordStatus,
      json: { error_code: 'LIVE.100011001', error_msg: 'The resource to access is not exists' },
    });
  });

  it.each([
    ['applied', 200, false],
    ['refused', 400, true],
  ] as const)('is %s while the stream is away for a moment', (stopWhileAway, status, goesOn) => {
    const kit = recording(huaweiKit({ unknowns: { stopWhileAway } }));
    kit.unpush();
    kit.wait(30_000);
    expect(kit.stop().status).toBe(status);
    expect(kit.recording()).toBe(goesOn);
  });
});

describe('an interruption', () => {
  it('shorter than the threshold leaves the recording going, in the same file', () => {
    const kit = recording();
    kit.unpush();
    kit.wait(59_999);
    kit.push();
    expect(kit.start()).toMatchObject(ALREADY);
    kit.wait(60_000);
    expect(kit.truth('recording')).toHaveLength(1);
    expect(new Set(kit.truth('media').map(({ file }) => file)).size).toBe(1);
  });

  it('of the threshold ends it, and the next push does not take it up', () => {
    const kit = recording();
    kit.unpush();
    kit.wait(60_000);
    kit.push();
    kit.wait(60_000);
    expect(kit.recording()).toBe(false);
    expect(kit.start().status).toBe(200);
  });

  it.each([
    ['ends', false],
    ['goes-on', true],
  ] as const)('%s a recording that merges nothing, by switch', (mergeZero, goesOn) => {
    const kit = recording(huaweiKit({ unknowns: { mergeZero } }), ruleOf(0));
    kit.unpush();
    kit.wait(1_000);
    kit.push();
    kit.wait(10_000);
    expect(kit.recording()).toBe(goesOn);
    expect(kit.start().status).toBe(goesOn ? 400 : 200);
    expect(new Set(kit.truth('media').map(({ file }) => file)).size).toBe(goesOn ? 2 : 1);
  });

  it('of days is survived with -1', () => {
    const kit = recording(huaweiKit(), ruleOf(-1));
    kit.unpush();
    kit.wait(29 * 86_400_000);
    kit.push();
    expect(kit.recording()).toBe(true);
    kit.unpush();
    kit.wait(30 * 86_400_000);
    expect(kit.recording()).toBe(false);
  });

  it('is not a stall: the encoder is there and sends nothing, which is no media and no end', () => {
    const kit = recording();
    kit.control('source.stall', { stream: 'cam1' });
    kit.wait(600_000);
    expect(kit.recording()).toBe(true);
    kit.control('source.flow', { stream: 'cam1' });
    kit.wait(10_000);
    const media = kit.truth('media').reduce((sum, { from, to }) => sum + to - from, 0);
    expect(media).toBe(29_000);
  });
});
