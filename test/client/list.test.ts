import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeepRolling, ListOptions } from '../../src/client/index.ts';
import { until } from '../temporal/world.ts';
import { clientKit, failureOf, inMs, NO_SERVER, specificationOf, type ClientKit } from './kit.ts';

let kit: ClientKit;
let client: KeepRolling;
const names = async (options?: ListOptions): Promise<string[]> =>
  (await client.list(options)).map((one) => one.name);

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
  const over = await client.start(specificationOf(kit, 'over'));
  await until('begun', async () => (await over.handle.status()).view);
  await over.handle.stop();
  await client.start(specificationOf(kit, 'mine', { owner: 'me', labels: { tier: 'gold', room: 'a' } }));
  await client.start(specificationOf(kit, 'yours', { owner: 'you', labels: { tier: 'tin' } }));
  const window = { from: inMs(3_600_000), length: '1h' };
  await client.start(specificationOf(kit, 'later', { window }));
  await until('listed', async () => (await client.list({ state: 'all' })).length === 4);
  await until('closed', async () => (await client.list({ state: 'closed' })).length === 1);
});
afterAll(async () => await kit.close());

describe('a list', () => {
  it('shows open sessions and scheduled ones, the latest window first', async () => {
    const list = await client.list();
    expect(list.map((one) => [one.name, one.phase])).toEqual([
      ['later', 'scheduled'],
      ['yours', expect.stringMatching(/waiting|starting/)],
      ['mine', expect.stringMatching(/waiting|starting/)],
    ]);
    expect(list.at(-1)).toMatchObject({
      account: 'account',
      owner: 'me',
      closed: false,
      outcome: null,
      problem: null,
    });
  });

  it.each<[ListOptions, string[]]>([
    [{ state: 'closed' }, ['over']],
    [{ state: 'all' }, ['later', 'yours', 'mine', 'over']],
    [{ state: 'all', limit: 2 }, ['later', 'yours']],
    [{ owner: 'me' }, ['mine']],
    [{ label: 'tier=gold' }, ['mine']],
    [{ label: 'tier' }, ['yours', 'mine']],
    [{ account: 'other' }, []],
    [{ target: 'yours' }, ['yours']],
    [{ problems: true }, []],
  ])('takes %j', async (options, expected) => {
    expect(await names(options)).toEqual(expected);
  });

  it('of problems holds what somebody must look at', async () => {
    const { key } = await client.start(specificationOf(kit, 'ill'));
    await kit.world.client.workflow.getHandle(`recording/${key}`).terminate('by hand');
    await until('listed', async () => (await names({ state: 'closed', problems: true })).includes('ill'));
    const [ill] = await client.list({ state: 'closed', problems: true });
    expect(ill).toMatchObject({
      outcome: 'failed',
      problem: { who: 'keeprolling', text: expect.stringContaining('TERMINATED') },
    });
  });

  it('without a server throws, with what the archive knew last', async () => {
    const offline = await kit.connect({ temporal: NO_SERVER });
    await until('archived', async () => (await offline.list({ state: 'closed' })).length === 1);
    const error = await failureOf(offline.list({ state: 'all' }));
    expect(error.code).toBe('E_SERVER_UNREACHABLE');
    expect(error.details.lastKnown).toContainEqual(expect.objectContaining({ name: 'over', closed: true }));
  });
});
