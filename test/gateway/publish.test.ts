import { describe, expect, test } from 'vitest';
import { KeepRollingError } from '../../src/contract/errors.ts';
import { specificationSchema } from '../../src/contract/specification.ts';
import { omeContract } from '../../src/contract/vendors/ome.ts';
import { fits, ruleFor, specificationFor } from '../../src/gateway/publish.ts';
import { ACCOUNT, KEY, PATH, settingsWith } from './kit.ts';

test.each([
  ['cam1', 'cam1', true],
  ['cam1', 'cam10', false],
  ['*', '', true],
  ['cam*', 'cam', true],
  ['cam*', 'webcam', false],
  ['*cam', 'webcam', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c', false],
  // What begins it may not be what ends it.
  ['aa*aa', 'aaa', false],
  ['a*b*b', 'ab', false],
  ['(.*)+$', 'aaaa', false],
])('the pattern %s and the name %s: %s', (pattern, text, expected) => {
  expect(fits(pattern, text)).toBe(expected);
});

test('a pattern of many stars is tried against a long name in no time', () => {
  expect(fits('*a'.repeat(200), 'a'.repeat(50_000) + 'b')).toBe(false);
});

test('the first rule of the account that fits in all its fields is taken', () => {
  const rule = (account: string, target: Record<string, string>) => ({ account, target, template: 't' });
  const rules = [
    rule('other', {}),
    rule('own', { app: 'live', stream: 'vip-*' }),
    rule('own', { nowhere: '*' }),
    rule('own', { app: 'live' }),
    rule('own', {}),
  ];
  const found = (target: Record<string, string | number>) => rules.indexOf(ruleFor(rules, 'own', target)!);
  expect(found({ app: 'live', stream: 'vip-1' })).toBe(1);
  expect(found({ app: 'live', stream: 'cam1' })).toBe(3);
  expect(found({ app: 'test', stream: 'vip-1' })).toBe(4);
  expect(ruleFor(rules, 'nobody', {})).toBeUndefined();
});

describe('what is recorded', () => {
  const announced = { vhost: 'default', app: 'live', stream: 'Kamera 1/ä', codec: 'h264' };
  const rule = { account: 'own', target: {}, template: 'studio' };
  const of = (
    more: object,
    template: Record<string, unknown> = {},
    target: Record<string, string> = announced,
  ) => specificationFor({ ...rule, ...more }, target, omeContract, template);

  test('is the announced target, without what a target has no field for', () => {
    expect(of({})).toEqual({
      template: 'studio',
      account: 'own',
      target: { vhost: 'default', app: 'live', stream: 'Kamera 1/ä' },
      name: 'default-live-Kamera-1-',
    });
  });

  test('is called as the rule says, else as the template says, else as the stream', () => {
    expect(of({ name: '{stream} of {app}{nothing}' }).name).toBe('Kamera-1-of-live');
    expect(of({}, { name: 'fixed' })).not.toHaveProperty('name');
    expect(of({ name: '{stream}' }, {}, { stream: '///' }).name).toBe('stream');
    for (const stream of ['../..', 'x'.repeat(500), ' ', '-.-a']) {
      const { name } = of({ name: '{stream}' }, {}, { stream });
      expect(specificationSchema.shape.name.safeParse(name).success).toBe(true);
    }
  });
});

describe('rules that cannot work are refused when the configuration is read', () => {
  const problemsOf = (more: Record<string, unknown>): unknown => {
    try {
      settingsWith(more);
    } catch (error) {
      if (!(error instanceof KeepRollingError) || error.code !== 'E_CONFIG_INVALID') throw error;
      return (error.details.problems as { where: string; problem: string }[]).map(
        ({ where, problem }) => `${where}: ${problem}`,
      );
    }
    return [];
  };
  const templates = {
    day: { window: { length: '1d' } },
    open: {},
    half: { window: { zone: 'Europe/Berlin' } },
  };
  const rule = (account: string, template: string) => ({ account, target: { channel: '*' }, template });

  test('all at once', () => {
    const accounts = { studio: ACCOUNT, silent: { vendor: 'ome', url: 'http://h:1', accessToken: 'x' } };
    const onPublish = [
      rule('nobody', 'none'),
      rule('silent', 'open'),
      rule('studio', 'half'),
      rule('studio', 'day'),
    ];
    expect(problemsOf({ accounts, templates, onPublish })).toEqual([
      'onPublish[0].account: there is no account of this name under `accounts`',
      'onPublish[0].template: there is no template of this name under `templates`',
      'onPublish[1].account: this account has no callbacks: nothing is ever announced to it',
      'onPublish[1].target.channel: a target of ome has no such field',
      'templates.open.window: a template of onPublish must say when its recordings end',
      'templates.half.window: the window has no end',
    ]);
  });

  const ome = (target: Record<string, string>, template: string, more: object = {}) => ({
    accounts: {
      own: {
        vendor: 'ome',
        url: 'http://h:1',
        accessToken: 'x',
        callbacks: { path: PATH, keys: KEY },
      },
    },
    onPublish: [{ account: 'own', target, template, ...more }],
    receivers: { team: { url: 'https://h.example.com', keys: `whsec_${'A'.repeat(32)}` } },
  });

  test('a field that no target has, in the patterns and in the name', () => {
    const rules = ome({ app: 'live', strem: 'cam-*' }, 'day', { name: '{stream}-{strem}-{nothing}' });
    expect(problemsOf({ ...rules, templates })).toEqual([
      'onPublish[0].target.strem: a target of ome has no such field',
      'onPublish[0].name: a target of ome has no such field',
      'onPublish[0].name: a target of ome has no such field',
    ]);
  });

  test('a template that cannot stand, whatever stream is announced, once for all rules that use it', () => {
    const wrong = {
      windo: { length: '1h' },
      window: { length: '1h' },
      source: { gone: 'end afterr 15s' },
      options: { intervall: 5 },
      notify: ['team', 'taem'],
      storage: 'nowhere',
    };
    const rules = ome({ app: 'live', stream: '*' }, 'wrong');
    const onPublish = [...rules.onPublish, ...rules.onPublish];
    const defaults = { pause: { warnAfter: 'soon' } };
    expect(problemsOf({ ...rules, onPublish, defaults, templates: { wrong } })).toEqual([
      'templates.wrong.source.gone: not a policy for a missing source',
      'defaults.pause.warnAfter: not a duration',
      'templates.wrong.windo: there is no such field here',
      'templates.wrong.notify[1]: the configuration has no such name under receivers',
      'templates.wrong.options.intervall: there is no such field here',
      'templates.wrong.storage: the configuration has no such destination',
    ]);
  });

  test('but not what depends on the stream, on the day or on values that are there only at use', () => {
    const later = {
      name: 'fixed',
      window: { until: '2020-01-01T00:00Z' },
      options: { container: 'ts' },
    };
    for (const target of [{}, { app: '*' }, { stream: 'a*', output: '*' }]) {
      expect(problemsOf({ ...ome(target, 'later'), templates: { later } })).toEqual([]);
    }
    const agora = {
      vendor: 'agora',
      appId: 'a'.repeat(32),
      customerId: 'c',
      customerSecret: '${SECRET}',
      callbacks: { path: '${CALLBACK_PATH}', keys: 'file:/later' },
    };
    const credentials = { provider: 'static', accessKey: '${AK}', secretKey: '${SK}' };
    const onPublish = [{ account: 'cloud', target: { channel: 'a-*', mode: 'mix' }, template: 'day' }];
    const day = { window: { length: '1d' }, storage: 'vault' };
    const loaded = (region: string, more: object = {}) =>
      problemsOf({
        accounts: { cloud: agora },
        templates: { day: { ...day, ...more } },
        onPublish,
        destinations: { vault: { cloud: 'aws', bucket: 'my-bucket', region, credentials } },
      });
    expect(loaded('${REGION}')).toEqual([]);
    expect(loaded('eu-central-1')).toEqual([]);
    expect(loaded('nowhere-1')).toEqual([expect.stringContaining('templates.day.storage: ')]);
    expect(loaded('eu-central-1', { storage: undefined })).toEqual([
      expect.stringContaining('templates.day.storage: '),
    ]);
  });

  test('but not one whose window ends by the defaults', () => {
    const onPublish = [rule('studio', 'open'), rule('studio', 'half')];
    expect(problemsOf({ templates, onPublish, defaults: { window: { maxDuration: '4h' } } })).toEqual([]);
  });
});
