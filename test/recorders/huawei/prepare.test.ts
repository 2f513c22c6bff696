/** The rule in the account: made where it is missing, never changed, taken away as it was made. */
import { describe, expect, it } from 'vitest';
import { huaweiRecorder } from '../../../src/recorders/huawei/adapter.ts';
import { apiOf } from '../../../src/recorders/huawei/handle.ts';
import { kit, POLICY, SECOND, T0, TARGET, type Kit } from './kit.ts';

const REQUIRE = { ...POLICY, account: 'require' } as const;

async function ruleOfOthers(k: Kit, more: Record<string, unknown> = {}) {
  const { rule } = await apiOf(k.context).createRule({
    publish_domain: TARGET.publishDomain,
    app: 'live',
    stream: '*',
    record_type: 'CONTINUOUS_RECORD',
    default_record_config: {
      record_format: ['FLV'],
      obs_addr: { bucket: 'theirs', location: 'cn-north-4', object: '' },
      flv_config: { record_cycle: 3600 },
    },
    ...more,
  });
  return rule;
}

describe('a plan', () => {
  it('shows the rule that would be made, with every field, and makes nothing', async () => {
    const k = kit();
    const changes = await k.plan();
    expect(changes).toEqual([
      {
        action: 'create',
        what: 'recording rule',
        where: 'push.example.com/live/match',
        before: null,
        after: {
          record_type: 'COMMAND_RECORD',
          default_record_config: {
            record_format: ['HLS'],
            obs_addr: { bucket: 'recordings', location: 'cn-north-4', object: 'live/rec' },
            hls_config: {
              record_cycle: 3600,
              record_prefix:
                'Record/{publish_domain}/{app}/{record_type}/{record_format}/{stream}_{file_start_time}/{stream}_{file_start_time}',
              record_ts_prefix: '{file_start_time_unix}_{file_end_time_unix}_{ts_sequence_number}',
              record_slice_duration: 10,
              record_max_duration_to_merge_file: 60,
            },
          },
        },
        overrides: [],
      },
    ]);
    expect(k.control('rules')).toEqual([]);
  });

  it('names the broader rule that loses the stream', async () => {
    const k = kit();
    await ruleOfOthers(k);
    const [change] = await k.plan();
    expect(change?.overrides).toEqual([
      'From its next push on, push.example.com/live/match no longer follows the rule of push.example.com/live/* (CONTINUOUS_RECORD): it is not recorded by itself any more.',
    ]);
  });

  it('has nothing to do where the rule is there', async () => {
    const k = kit();
    await k.prepare();
    expect(await k.plan()).toEqual([]);
  });
});

describe.each(['filled', 'as-written'] as const)('a rule that is shown %s', (ruleEcho) => {
  it.each([
    {},
    { record_format: ['FLV', 'MP4'] },
    { record_format: ['HLS', 'FLV', 'MP4'], mp4_config: { record_cycle: 900 } },
  ])('is recognised as the one that was made: %j', async (options) => {
    const k = kit({ options, unknowns: { ruleEcho } });
    const first = await k.prepare();
    expect(first.made).toHaveLength(1);
    expect(first.made[0]?.id).toMatch(/^[0-9a-f]+$/);
    const second = await k.prepare();
    expect(second).toMatchObject({ made: [], found: first.found });
    expect(k.control('rules')).toHaveLength(1);
  });
});

describe('preparing', () => {
  it('never writes with rule: require', async () => {
    const k = kit();
    const failure = await k.failure(k.prepare({ policy: REQUIRE }));
    expect(failure).toMatchObject({ code: 'E_ACCOUNT_UNREADY', who: 'you', applied: 'no', retry: 'later' });
    expect(failure.cause).toBe('vendor-rule');
    expect(failure.message).toContain('With rule: require none is made here');
    expect(await k.failure(k.plan({ policy: REQUIRE }))).toMatchObject({ code: 'E_ACCOUNT_UNREADY' });
    expect(k.lines('POST')).toEqual([]);
  });

  it('takes a broader rule that says the same', async () => {
    const k = kit();
    const { after } = (await k.plan())[0]!;
    await ruleOfOthers(k, after as Record<string, unknown>);
    const prepared = await k.prepare({ policy: REQUIRE });
    expect(prepared).toMatchObject({ made: [] });
    expect(prepared.found).toContain('push.example.com/live/*');
  });

  it('refuses another rule of the same stream, and says what differs', async () => {
    const k = kit();
    await ruleOfOthers(k, { stream: 'match' });
    const failure = await k.failure(k.prepare());
    expect(failure.code).toBe('E_ACCOUNT_UNREADY');
    expect(failure.message).toContain('record_type is "CONTINUOUS_RECORD", not "COMMAND_RECORD"');
    expect(failure.message).toContain('obs_addr.bucket is "theirs", not "recordings"');
    expect(k.control('rules')).toHaveLength(1);
  });

  it('tells why the vendor refuses a rule beside others of its level', async () => {
    const k = kit({ unknowns: { sameLevel: 'domain' } });
    await ruleOfOthers(k, { app: 'other', stream: 'x' });
    const failure = await k.failure(k.prepare());
    expect(failure).toMatchObject({ code: 'E_ACCOUNT_UNREADY', vendor: { code: 'LIVE.103011022' } });
    expect(failure.message).toContain('Rules of one level must be of one type');
  });

  it.each(['LIVE.103011018', 'LIVE.100011001'] as const)(
    'finds the rule that somebody made in between, told by %s',
    async (duplicateRuleCode) => {
      const k = kit({ unknowns: { duplicateRuleCode } });
      const { after } = (await k.plan())[0]!;
      k.answers = (request, said) => {
        k.answers = (_next, answered) => answered();
        return request.method === 'GET'
          ? {
              kind: 'response',
              delayMs: 0,
              response: { status: 200, headers: {}, body: '{"total":0,"record_config":[]}' },
            }
          : said();
      };
      await ruleOfOthersQuietly(k, after as Record<string, unknown>);
      const prepared = await k.prepare();
      expect(prepared.made).toEqual([]);
      expect(k.control('rules')).toHaveLength(1);
    },
  );

  it('takes for ours what an earlier attempt made whose reply was lost', async () => {
    const k = kit();
    k.fault('createRule', 'reply-lost');
    const failure = await k.failure(k.prepare());
    expect(failure).toMatchObject({ applied: 'unknown' });
    k.clock.advance(2 * SECOND);
    const prepared = await k.prepare({ unknownSince: T0 });
    expect(prepared.made).toHaveLength(1);
    expect(prepared.made[0]).toMatchObject({ action: 'create', where: 'push.example.com/live/match' });
    expect(k.control('rules')).toHaveLength(1);
  });

  it('wants a bucket in the region of the account', async () => {
    const k = kit({ destination: { region: 'cn-east-3' } });
    const failure = await k.failure(k.prepare());
    expect(failure).toMatchObject({ code: 'E_DESTINATION', who: 'you', applied: 'no', retry: 'never' });
    expect(failure.message).toContain('cn-east-3');
  });
});

/** Written without being counted as an answer of the test. */
async function ruleOfOthersQuietly(k: Kit, more: Record<string, unknown>): Promise<void> {
  const { answers } = k;
  k.answers = (_request, said) => said();
  await ruleOfOthers(k, { stream: 'match', ...more });
  k.answers = answers;
}

describe('what was made', () => {
  it('is taken away as it was made, and again without harm', async () => {
    const k = kit();
    const { made } = await k.prepare();
    await huaweiRecorder.release!(k.context, k.subject, made);
    expect(k.control('rules')).toEqual([]);
    await huaweiRecorder.release!(k.context, k.subject, made);
  });

  it.each([404, 400] as const)('may be gone already, told by %s', async (missingStatus) => {
    const k = kit({ unknowns: { missingStatus } });
    const { made } = await k.prepare();
    await apiOf(k.context).deleteRule(made[0]!.id!);
    await huaweiRecorder.release!(k.context, k.subject, made);
    expect(k.lines('DELETE')).toHaveLength(1);
  });

  it('stays where somebody has changed it since', async () => {
    const k = kit();
    const { made } = await k.prepare();
    const api = apiOf(k.context);
    const { rule } = await api.getRule(made[0]!.id!);
    k.clock.advance(SECOND);
    await api.updateRule(rule.id, {
      publish_domain: rule.publish_domain,
      app: rule.app,
      stream: rule.stream,
      record_type: 'COMMAND_RECORD',
      default_record_config: {
        record_format: ['FLV'],
        obs_addr: { bucket: 'recordings', location: 'cn-north-4', object: '' },
        flv_config: { record_cycle: 3600 },
      },
    });
    await huaweiRecorder.release!(k.context, k.subject, made);
    expect(k.control('rules')).toHaveLength(1);
  });
});

describe('rules of a domain', () => {
  it('are read to the last page', async () => {
    const k = kit();
    for (let i = 0; i < 120; i += 1) await ruleOfOthers(k, { stream: `cam-${i}` });
    const { after } = (await k.plan())[0]!;
    await ruleOfOthers(k, { stream: 'match', ...(after as Record<string, unknown>) });
    expect(await k.plan()).toEqual([]);
    expect(k.lines('offset=100').length).toBeGreaterThan(0);
  });
});
