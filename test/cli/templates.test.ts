/** What a newcomer is given, and how far it holds on the day on which it is written. */
import { parse } from 'yaml';
import { expect, it, test } from 'vitest';
import { dated } from '../../src/cli/templates.ts';
import { normalisingContext } from '../../src/config/normalising.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { normalise } from '../../src/contract/specification.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

const NOW = Date.parse('2031-12-31T10:00:00Z');
const templates = [...VENDORS.values()].map(({ template }) => template!);

it('dates what is written with tomorrow', () => {
  const text = 'window:\n  from: now # or 2026-11-24T15:00\n  until: 2026-11-24T17:00\n';
  expect(dated(text, NOW)).toBe(text.replaceAll('2026-11-24', '2032-01-01'));
});

it('names each sample otherwise', () => {
  const names = templates.map(({ specification }) => (parse(specification) as { name: string }).name);
  expect(new Set(names).size).toBe(names.length);
});

const account = { vendor: 'ome', url: 'http://127.0.0.1:1', accessToken: 'x' };
const settings = settingsOf(
  { installation: 'test01', accounts: { studio: account } },
  null,
  '/',
  VENDORS,
  {},
);

function problemsOf(document: Record<string, unknown>) {
  const result = normalise(document, normalisingContext(settings, NOW));
  return result.ok ? [] : result.problems;
}

const cam1 = { name: 'cam1', account: 'studio', target: { app: 'app', stream: 'cam1' } };

test('no sample goes stale', () => {
  for (const { specification } of templates) {
    const { window } = parse(specification) as { window: Record<string, unknown> };
    expect(problemsOf({ ...cam1, window })).toEqual([]);
  }
});

test('a window that is over says when it ended, and what would be right', () => {
  const window = { from: '2031-12-30T10:00:00Z', length: '2h' };
  expect(problemsOf({ ...cam1, window })).toEqual([
    {
      where: 'window',
      found: 'until 2031-12-30T12:00:00Z',
      problem: 'the window ended 22h ago',
      try: expect.stringContaining('window.until'),
    },
  ]);
});
