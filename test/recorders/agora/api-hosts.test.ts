import { describe, expect, it } from 'vitest';
import { firstReached } from '../../../src/recorders/agora/domains.ts';
import { VendorFailure } from '../../../src/recorders/recorder.ts';

const unreachable = (host: string, who: 'you' | 'vendor' = 'vendor') =>
  new VendorFailure({
    code: 'E_VENDOR_UNREACHABLE',
    message: `start: ${host} refuses the connection.`,
    who,
    applied: 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: { operation: 'start' },
  });

describe('the deadline of a call to several hosts', () => {
  it('is one for all, and no host is begun with less than half of it', async () => {
    let now = 0;
    const begun: [string, number][] = [];
    const work = firstReached(
      ['a', 'b', 'c', 'd'],
      20_000,
      ({ address, deadlineMs }) => {
        begun.push([address, deadlineMs]);
        now += 5_000;
        throw unreachable(address);
      },
      () => now,
    );
    await expect(work).rejects.toThrow('a refuses the connection; b refuses the connection');
    expect(begun).toEqual([
      ['a', 20_000],
      ['b', 15_000],
      ['c', 10_000],
    ]);
  });

  it('tells a person to act only where no host fails by itself', async () => {
    const who = async (...each: ('you' | 'vendor')[]) => {
      const left = [...each];
      const work = firstReached(each.map(String), 20_000, async () => {
        throw unreachable('x', left.shift());
      });
      const error: unknown = await work.catch((reason: unknown) => reason);
      return (error as VendorFailure).failure.who;
    };
    expect(await who('you', 'vendor')).toBe('vendor');
    expect(await who('you', 'you')).toBe('you');
  });

  it('lets any other failure pass at once', async () => {
    let calls = 0;
    const work = firstReached(['a', 'b'], 20_000, async () => {
      calls += 1;
      throw new TypeError('no');
    });
    await expect(work).rejects.toThrow(TypeError);
    expect(calls).toBe(1);
  });
});
