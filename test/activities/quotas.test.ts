import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { quotaTurns, shareOf, type Caller } from '../../src/activities/quotas.ts';
import { VendorFailure, type Quota } from '../../src/recorders/recorder.ts';
import type { Failure } from '../../src/session/facts.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const COMMANDS: Quota = {
  name: 'commands',
  calls: 'START and STOP',
  limit: 2,
  perMs: 1_000,
  source: 'a page',
};
const RULES: Quota = { ...COMMANDS, name: 'rules', limit: 1 };

const caller = (more: Partial<Caller> = {}): Caller => ({
  account: 'studio',
  quotas: [COMMANDS, RULES],
  kind: 'write',
  callMs: 30_000,
  ...more,
});

function world(quotas: Record<string, number> = {}, workers = 1) {
  const waited: string[] = [];
  const turnsOf = quotaTurns(
    { quotas: () => quotas, workers: () => workers },
    { turnWaited: (account, quota, ms) => waited.push(`${account} ${quota} ${Math.round(ms)}`) },
  );
  return { turnsOf, waited };
}

/** When each of so many calls at once had its turn; each is answered at once. */
async function instants(turnsOf: ReturnType<typeof world>['turnsOf'], count: number, quota = 'commands') {
  const began = Date.now();
  const asked = Array.from({ length: count }, async () => {
    const call = turnsOf(caller());
    await call.turn(quota);
    call.over();
    return Date.now() - began;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  return await Promise.all(asked);
}

describe('a quota', () => {
  it('is of one account, and each has its own', async () => {
    const { turnsOf, waited } = world();
    const other = turnsOf(caller({ account: 'other' }));
    const [commands] = await Promise.all([instants(turnsOf, 4), other.turn('commands'), other.turn('rules')]);
    expect(commands).toEqual([0, 0, 1_000, 1_000]);
    expect(waited).toContain('other commands 0');
    expect(waited).toContain('other rules 0');
    expect(waited).toContain('studio commands 1000');
  });

  it('is what the configuration says, and divided by the workers', async () => {
    expect(await instants(world({ commands: 4 }).turnsOf, 8)).toEqual([0, 0, 0, 0, 1e3, 1e3, 1e3, 1e3]);
    expect(await instants(world({}, 2).turnsOf, 3)).toEqual([0, 1_000, 2_000]);
    expect(await instants(world({ commands: 1 }, 4).turnsOf, 2)).toEqual([0, 4_000]);
    const settings = { quotas: () => ({}), workers: () => 3 };
    expect(shareOf(settings, 'a', { ...COMMANDS, limit: 50 })).toEqual({ limit: 16, perMs: 1_000 });
    expect(shareOf(settings, 'a', { ...COMMANDS, limit: 2 })).toEqual({ limit: 1, perMs: 1_500 });
  });

  it('is refused where the recorder names none such', async () => {
    await expect(world().turnsOf(caller()).turn('moon')).rejects.toThrow('no quota "moon"');
  });

  it('is not waited for longer than the call has time for its exchange', async () => {
    const { turnsOf } = world({ commands: 1 });
    const first = turnsOf(caller());
    await first.turn('commands');
    const began = Date.now();
    const waiting = turnsOf(caller()).turn('commands');
    const told = waiting.catch((error: unknown) => ({ error, at: Date.now() - began }));
    first.over({ ...throttled, retry: 60_000 });
    await vi.advanceTimersByTimeAsync(20_000);
    const { error, at } = (await told) as { error: unknown; at: number };
    expect(at).toBe(9_000);
    expect(error).toBeInstanceOf(VendorFailure);
    expect((error as VendorFailure).failure).toEqual({
      code: 'E_VENDOR_THROTTLED',
      message:
        'studio: no turn came in time on its quota commands (START and STOP): others of this account use it up.',
      who: 'keeprolling',
      applied: 'no',
      retry: 1_000,
      cause: 'vendor-fault',
    });
  });

  it('rests when the vendor says how long, and for no other failure', async () => {
    const { turnsOf } = world();
    const call = turnsOf(caller());
    await call.turn('commands');
    call.over({ ...throttled, retry: 'later' });
    const own = turnsOf(caller());
    await own.turn('commands');
    const { vendor: _vendor, ...ours } = throttled;
    own.over({ ...ours, retry: 5_000 });
    await vi.advanceTimersByTimeAsync(1_000);
    const slowed = turnsOf(caller());
    await slowed.turn('commands');
    slowed.over({ ...throttled, retry: 5_000 });
    expect(await instants(turnsOf, 2)).toEqual([5_000, 5_000]);
  });

  it('is free again after the answer, though the call goes on', async () => {
    const { turnsOf } = world({ commands: 1 });
    const call = turnsOf(caller());
    await Promise.all([call.turn('commands'), call.turn('rules')]);
    const first = call.sent();
    const second = call.sent();
    call.sent()();
    setTimeout(first, 300);
    setTimeout(second, 600);
    const [commands, rules] = await Promise.all([instants(turnsOf, 1), instants(turnsOf, 1, 'rules')]);
    expect([commands, rules]).toEqual([[1_300], [1_600]]);
  });

  it('is taken until the whole call is over where no request is seen', async () => {
    const { turnsOf } = world({ commands: 1 });
    const call = turnsOf(caller());
    await call.turn('commands');
    setTimeout(() => call.over(), 400);
    expect(await instants(turnsOf, 1)).toEqual([1_400]);
  });
});

const throttled: Failure = {
  code: 'E_VENDOR_THROTTLED',
  message: 'start: the vendor asks for fewer calls.',
  who: 'vendor',
  applied: 'no',
  retry: 'later',
  cause: 'vendor-fault',
  vendor: { operation: 'start', status: 429 },
};
