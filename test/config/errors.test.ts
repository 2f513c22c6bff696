import { expect, test } from 'vitest';
import { settingsOf } from '../../src/config/settings.ts';
import { KeepRollingError } from '../../src/contract/errors.ts';
import type { Problem } from '../../src/contract/problems.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

function problemsOf(configuration: object): Record<string, string> {
  try {
    settingsOf(configuration, null, '/', VENDORS, {});
  } catch (error) {
    if (!(error instanceof KeepRollingError)) throw error;
    const problems = error.details.problems as Problem[];
    return Object.fromEntries(problems.map(({ where, problem }) => [where, problem]));
  }
  return {};
}

test.each([
  [{ requests: 8 }, {}],
  [{ request: 8 }, { request: 'its recorder counts no such quota' }],
  [{ requests: 0 }, { requests: 'must be a whole number from 1 to 1000000' }],
  [{ requests: 'many' }, { requests: 'must be a whole number from 1 to 1000000' }],
])('quotas %j', (quotas, problems) => {
  const account = { vendor: 'agora', appId: 'a'.repeat(32), customerId: 'c', customerSecret: 's', quotas };
  const told = problemsOf({ accounts: { own: account } });
  expect(Object.keys(told)).toEqual(Object.keys(problems).map((name) => `accounts.own.quotas.${name}`));
  for (const [name, words] of Object.entries(problems))
    expect(told[`accounts.own.quotas.${name}`]).toContain(words);
});

test.each([0, 1.5, 'two'])('workers %j', (workers) => {
  expect(Object.keys(problemsOf({ workers }))).toEqual(['workers']);
});

const PATH = 'it must be 16 to 200 letters, digits, dashes or underscores that nobody can guess';
const KEY = 'it must be the key with which the vendor signs, not empty';
const RECEIVER_KEY = 'it must be whsec_ and at least 24 random bytes in base64';
const good = 'a-path-that-nobody-guesses';

test.each([
  [{ keys: 'k' }, { path: PATH }],
  [{ path: 'short' }, { path: PATH, keys: KEY }],
  [{ path: good, keys: '' }, { keys: KEY }],
  [{ path: good, keys: 7 }, { keys: KEY }],
  [
    { path: [good, 'short'], keys: ['k', '', 'l'] },
    { 'path[1]': PATH, 'keys[1]': KEY },
  ],
  [{ path: good, keys: [] }, { keys: 'it must be one, or a list of 1 to 5' }],
  [{ path: good, keys: ['1', '2', '3', '4', '5', '6'] }, { keys: 'it must be one, or a list of 1 to 5' }],
  [{ path: [good, `${good}2`], keys: 'k' }, {}],
])('callbacks %j', (callbacks, problems) => {
  const account = { vendor: 'ome', url: 'http://h:1', accessToken: 'x', callbacks };
  expect(problemsOf({ accounts: { own: account } })).toEqual(
    Object.fromEntries(
      Object.entries(problems).map(([where, problem]) => [
        `accounts.own.callbacks.${where}`.replace('.[', '['),
        problem,
      ]),
    ),
  );
});

test.each([
  [
    {},
    {
      'receivers.team.url': 'it must be an http or https address',
      'receivers.team.keys': RECEIVER_KEY,
    },
  ],
  [
    { url: 'ftp://h', keys: ['whsec_short'] },
    {
      'receivers.team.url': 'it must be an http or https address',
      'receivers.team.keys[0]': RECEIVER_KEY,
    },
  ],
  [{ url: '${LATER}', keys: ['file:/later'] }, {}],
])('receiver %j', (team, problems) => {
  expect(problemsOf({ receivers: { team } })).toEqual(problems);
});

test.each([1, '50ms', 'soon', null, '-5s'])('the duration %j is none', (every) => {
  const problem = 'must be a duration such as 60s, at least 100ms';
  const account = { vendor: 'ome', url: 'http://h:1', accessToken: 'x', looks: { every } };
  expect(
    problemsOf({ accounts: { own: account }, heartbeat: { url: 'https://h.example.com', every } }),
  ).toEqual({
    'accounts.own.looks.every': problem,
    'heartbeat.every': problem,
  });
});
