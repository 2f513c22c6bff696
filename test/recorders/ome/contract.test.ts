import { describe, expect, it } from 'vitest';
import {
  omeAccountSchema,
  omeContract,
  omeKeyParts,
  omeOptionsSchema,
  omeTargetSchema,
} from '../../../src/contract/vendors/ome.ts';
import { problemsOf } from '../../../src/contract/problems.ts';
import type { z } from 'zod';

function problems(schema: z.ZodType, document: unknown) {
  const parsed = schema.safeParse(document);
  return parsed.success ? [] : problemsOf(parsed.error, document);
}

describe('OvenMediaEngine options', () => {
  it('takes the parameters of the vendor page under their own names', () => {
    const options = {
      variantNames: ['h264_fhd', 'aac:1'],
      interval: 3_600_000,
      segmentationRule: 'continuity',
    };
    expect(omeOptionsSchema.parse(options)).toEqual({ ...options, container: 'ts' });
    expect(omeOptionsSchema.parse({ schedule: '10 */1 *' })).toEqual({
      schedule: '10 */1 *',
      container: 'ts',
    });
    expect(omeOptionsSchema.parse({})).toEqual({ container: 'ts' });
  });

  it.each([['3000'], [0], [-1], [1.5], [999], [2_147_483_648], [null]])(
    'refuses the interval %j, which OvenMediaEngine would ignore',
    (interval) => {
      const [problem, ...others] = problems(omeOptionsSchema, { interval });
      expect(others).toEqual([]);
      expect(problem).toMatchObject({ where: 'interval', try: '3600000' });
      expect(problem?.problem).toContain('never splits');
      expect(problem?.rule).toContain('OvenMediaEngine REST API, Recording');
    },
  );

  it.each([['0 0 */1'], ['59 59 23'], ['*/5 * *'], ['0 */1 *'], ['10 */1 *']])(
    'takes the schedule %j',
    (schedule) => {
      expect(problems(omeOptionsSchema, { schedule })).toEqual([]);
    },
  );

  it.each([
    [''],
    ['0 0'],
    ['00 0 0'],
    ['60 0 0'],
    ['0 0 24'],
    ['0  0 0'],
    [' 0 0 0'],
    ['0 0 0 *'],
    ['1,2 0 0'],
    ['1-5 0 0'],
    ['*/60 * *'],
    ['0 0 */24'],
    ['* * *'],
    ['*/1 0 0'],
    ['*/0 0 0'],
    ['0 */0 *'],
    [5],
  ])('refuses the schedule %j', (schedule) => {
    expect(problems(omeOptionsSchema, { schedule })).toMatchObject([
      { where: 'schedule', try: '"0 0 */1" for every full hour' },
    ]);
  });

  it('refuses interval and schedule together, also beside another problem', () => {
    const found = problems(omeOptionsSchema, { interval: 60_000, schedule: '0 0 *', container: 'flv' });
    expect(found.map(({ where }) => where)).toEqual(['container', 'schedule']);
    expect(found[1]?.problem).toBe('interval and schedule cannot be used together');
  });

  it('refuses a segmentationRule that OvenMediaEngine would take for discontinuity', () => {
    expect(problems(omeOptionsSchema, { interval: 60_000, segmentationRule: 'continuous' })).toMatchObject([
      { where: 'segmentationRule', found: '"continuous"' },
    ]);
  });

  it('refuses a segmentationRule without interval or schedule, where it has no effect', () => {
    expect(problems(omeOptionsSchema, { segmentationRule: 'continuity' })).toMatchObject([
      { where: 'segmentationRule', try: 'add interval or schedule, or leave it out' },
    ]);
  });

  it.each([['h264'], [[1, 2]], [['']], [['a', 'a']]])('refuses the variantNames %j', (variantNames) => {
    expect(problems(omeOptionsSchema, { variantNames })).toMatchObject([{ where: 'variantNames' }]);
  });

  it.each(['id', 'stream', 'metadata', 'filePath', 'infoPath', 'trackIds'])(
    'says why %s is not offered',
    (key) => {
      const [problem] = problems(omeOptionsSchema, { [key]: 'x' });
      expect(problem).toMatchObject({ where: key });
      expect(problem?.try).toBeTruthy();
    },
  );

  it('refuses keys that OvenMediaEngine would ignore', () => {
    expect(problems(omeOptionsSchema, { intervall: 1 })).toMatchObject([{ where: 'intervall' }]);
  });

  it('tells all problems at once', () => {
    const found = problems(omeOptionsSchema, {
      interval: '1',
      schedule: 'x',
      segmentationRule: 'y',
      variantNames: 1,
    });
    expect(found.map(({ where }) => where).toSorted()).toEqual([
      'interval',
      'schedule',
      'schedule',
      'segmentationRule',
      'variantNames',
    ]);
  });
});

describe('OvenMediaEngine target', () => {
  it('has a default virtual host and needs an application and an input stream', () => {
    expect(omeTargetSchema.parse({ app: 'app', stream: 'cam1' })).toEqual({
      vhost: 'default',
      app: 'app',
      stream: 'cam1',
    });
    expect(problems(omeTargetSchema, {}).map(({ where }) => where)).toEqual(['app', 'stream']);
  });

  it.each(['', '.', '..', 'a/b', 'a b', 'a\nb', 'a\u0000'])('refuses the name %j', (name) => {
    expect(problems(omeTargetSchema, { app: name, stream: 'cam1' })).toMatchObject([{ where: 'app' }]);
    expect(problems(omeTargetSchema, { app: 'app', stream: name })).toMatchObject([{ where: 'stream' }]);
    expect(problems(omeTargetSchema, { app: 'app', stream: 'cam1', output: name })).toMatchObject([
      { where: 'output' },
    ]);
  });

  it('has one key for one output, however the input is called', () => {
    const target = { vhost: 'default', app: 'app' };
    expect(omeKeyParts({ ...target, stream: 'cam1', output: 'cam1_o' })).toEqual([
      'default',
      'app',
      'cam1_o',
    ]);
    expect(omeKeyParts({ ...target, stream: 'other', output: 'cam1_o' })).toEqual([
      'default',
      'app',
      'cam1_o',
    ]);
    expect(omeKeyParts({ ...target, stream: 'cam1' })).toEqual(
      omeKeyParts({ ...target, stream: 'x', output: 'cam1' }),
    );
  });
});

describe('OvenMediaEngine account', () => {
  const good = { vendor: 'ome', url: 'http://ome:8081', accessToken: 't' };

  it('needs an address and an access token', () => {
    expect(omeAccountSchema.parse(good)).toEqual({ ...good, filePrefix: 'keeprolling' });
    expect(problems(omeAccountSchema, { vendor: 'ome' }).map(({ where }) => where)).toEqual([
      'url',
      'accessToken',
    ]);
    expect(problems(omeAccountSchema, { ...good, accessToken: '' })).toMatchObject([
      { where: 'accessToken' },
    ]);
  });

  it.each(['ome:8081', 'rtmp://ome/app', 'http://ome:8081?token=1', 'http://ome:8081/#x'])(
    'refuses the address %j',
    (url) => {
      expect(problems(omeAccountSchema, { ...good, url })).toMatchObject([{ where: 'url' }]);
    },
  );

  it('refuses user and password in the address and marks the value as secret', () => {
    const parsed = omeAccountSchema.safeParse({ ...good, url: 'http://user:pass@ome:8081' });
    expect(parsed.error?.issues).toMatchObject([{ path: ['url'], params: { secret: true } }]);
  });

  it.each(['/abs', '../up', 'a//b', 'a/../b', '.hidden', 'a b', '${Id}'])(
    'refuses the filePrefix %j',
    (filePrefix) => {
      expect(problems(omeAccountSchema, { ...good, filePrefix })).toMatchObject([{ where: 'filePrefix' }]);
    },
  );

  it('is the same vendor account as another with the same address', () => {
    const identity = (url: string) => omeContract.identity({ ...good, url });
    expect(identity('http://OME:8081/')).toBe(identity('http://ome:8081'));
    expect(identity('http://ome:80')).toBe(identity('http://ome'));
    expect(identity('http://ome:8081')).not.toBe(identity('http://ome:8082'));
  });
});
