import { expect, it } from 'vitest';
import { ManualClock, offsetClock, systemClock } from '../../src/emulators/index.ts';

it('stands still until it is moved', () => {
  const clock = new ManualClock(1000);
  expect(clock.now()).toBe(1000);
  clock.advance(500);
  expect(clock.now()).toBe(1500);
  clock.set(3000);
  expect(clock.now()).toBe(3000);
  expect(clock.now.adjust({ advanceMs: 1 })).toBe(3001);
});

it('runs on with an offset', () => {
  let base = 1000;
  const clock = offsetClock(() => base);
  expect(clock.adjust({ offsetMs: 60_000 })).toBe(61_000);
  base += 5;
  expect(clock()).toBe(61_005);
  expect(clock.adjust({ at: 5 })).toBe(5);
  expect(clock.adjust({ advanceMs: 10 })).toBe(15);
  expect(() => clock.adjust({})).toThrow('The clock wants');
});

it('takes the time of the system otherwise', () => {
  expect(Math.abs(systemClock() - Date.now())).toBeLessThan(1000);
});
