import { describe, expect, test } from 'vitest';
import { moveOf } from '../../src/cli/commands/reschedule.ts';

const context = { env: { KEEPROLLING_BY: 'desk' }, now: () => Date.parse('2026-11-24T12:00:00Z') };
const BERLIN = 'Europe/Berlin';

describe('another window', () => {
  test('is written as people say it, in the zone of the session', () => {
    expect(moveOf(context, { from: '23:30', until: '01:00', reason: 'late match' }, BERLIN)).toEqual({
      by: 'desk',
      reason: 'late match',
      from: '2026-11-24T22:30:00.000Z',
      until: '2026-11-25T00:00:00.000Z',
    });
    expect(moveOf(context, { until: '20:00', by: 'ann', zone: 'UTC' }, BERLIN)).toEqual({
      by: 'ann',
      until: '2026-11-24T20:00:00.000Z',
    });
  });

  test('may end after a length or a while, which the client works out', () => {
    expect(moveOf(context, { from: '21:00', length: '90m' }, BERLIN)).toEqual({
      by: 'desk',
      from: '2026-11-24T20:00:00.000Z',
      length: '90m',
    });
    expect(moveOf(context, { for: '3h' }, BERLIN)).toEqual({ by: 'desk', for: '3h' });
  });

  test.each([
    [{}, /^reschedule needs the new window: --from, or one of/],
    [{ until: '20:00', length: '1h' }, /^--until and --length say when it ends; give one of them/],
    [{ from: 'soon' }, /^--from: "soon" is not an instant/],
  ])('%j is refused', (options, message) => {
    expect(() => moveOf(context, options, BERLIN)).toThrow(
      expect.objectContaining({ code: 'E_USAGE', message: expect.stringMatching(message) }),
    );
  });
});
