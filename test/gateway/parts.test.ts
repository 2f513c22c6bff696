import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { background } from '../../src/gateway/background.ts';
import { doorsOf, isOneOf, padded } from '../../src/gateway/doors.ts';
import type { Reach } from '../../src/client/reach.ts';
import { lookNow } from '../../src/gateway/look-now.ts';
import { refusalLog } from '../../src/gateway/refusals.ts';
import { calledBack, PATH, settingsWith } from './kit.ts';

afterEach(() => vi.useRealTimers());

test('secrets are compared as digests of one length, and as many of them for every account', () => {
  const digests = padded(['one-secret', 'two-secret']);
  expect(digests).toHaveLength(5);
  expect(new Set(digests.map((one) => one.length))).toEqual(new Set([32]));
  expect(digests[0]).toEqual(createHash('sha256').update('one-secret').digest());
  expect(
    ['one-secret', 'two-secret', 'one-secre', 'one-secrets', ''].map((one) => isOneOf(one, digests)),
  ).toEqual([true, true, false, false, false]);
  // What fills the rest is known to nobody, and is another at each time.
  expect(padded([])).not.toEqual(padded([]));
  const source = readFileSync(new URL('../../src/gateway/doors.ts', import.meta.url), 'utf8');
  expect(source).toContain('timingSafeEqual(one, digest)');
});

test('a rotated secret is heard within seconds, and the old one no longer', () => {
  const env = { CALLBACK_PATH: PATH };
  const registry = calledBack();
  const accounts = {
    studio: { vendor: 'synthetic', secret: 's', callbacks: { path: '${CALLBACK_PATH}', keys: 'k' } },
  };
  let now = 0;
  const doors = doorsOf(settingsWith({ accounts }, registry, env), registry, ['studio'], () => now);
  expect(doors.at('studio', PATH)).not.toBeNull();
  env.CALLBACK_PATH = 'another-secret-0001';
  now = 2_000;
  expect(doors.at('studio', PATH)).toBeNull();
  expect(doors.at('studio', 'another-secret-0001')).not.toBeNull();
});

test('a flood of refusals of one kind is ten lines a minute and a number', () => {
  vi.useFakeTimers();
  const lines: Record<string, unknown>[] = [];
  const log = refusalLog((line) => lines.push(JSON.parse(line) as Record<string, unknown>));
  for (let i = 0; i < 1_000; i += 1) log.add({ account: 'studio', verdict: 'forged', why: 'no key fits' });
  log.add({ account: 'studio', verdict: 'stale', why: 'too old' });
  expect(lines).toHaveLength(11);
  vi.advanceTimersByTime(60_000);
  expect(lines).toHaveLength(12);
  expect(lines[11]).toMatchObject({
    account: 'studio',
    verdict: 'forged',
    why: expect.stringMatching(/^990 more/) as string,
  });
  log.add({ account: 'studio', verdict: 'forged', why: 'no key fits' });
  expect(lines).toHaveLength(13);
});

test('work is tried again until it succeeds, and is given up after its time', async () => {
  const attempts = { good: 0, bad: 0 };
  const lost: unknown[] = [];
  const work = background({ most: 10, forMs: 60, firstPauseMs: 10 });
  const failing = (name: 'good' | 'bad', times: number) => ({
    attempt: async () => {
      await Promise.resolve();
      attempts[name] += 1;
      if (attempts[name] <= times) throw new Error(name);
    },
    lost: (error: unknown) => void lost.push((error as Error).message),
  });
  work.add(failing('good', 1));
  work.add(failing('bad', Infinity));
  await expect.poll(() => lost).toEqual(['bad']);
  expect(attempts.good).toBe(2);
  expect(attempts.bad).toBeGreaterThan(1);
  await work.close();
});

test('many wishes for one session are one look at once, and one after a while', async () => {
  vi.useFakeTimers();
  let asked = 0;
  const reach = {
    within: async () => {
      asked += 1;
      return await Promise.resolve();
    },
  } as unknown as Reach;
  const looks = lookNow(reach);
  const told = async (times: number, everyMs: number): Promise<void> => {
    for (let i = 0; i < times; i += 1) {
      looks.ask('recording/a');
      await vi.advanceTimersByTimeAsync(everyMs);
    }
  };
  await told(20, 50);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(2);
  await told(1, 1_000);
  expect(asked).toBe(3);
  await looks.close();
});

test('a server that knows no such call is not asked again', async () => {
  vi.useFakeTimers();
  let asked = 0;
  const reach = {
    within: async () => {
      asked += 1;
      return await Promise.reject(Object.assign(new Error('unknown method'), { code: 12 }));
    },
  } as unknown as Reach;
  const looks = lookNow(reach);
  looks.ask('recording/a');
  await vi.advanceTimersByTimeAsync(10_000);
  looks.ask('recording/b');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toBe(1);
  await looks.close();
});
