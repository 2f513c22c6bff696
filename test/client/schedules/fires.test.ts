import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeepRolling } from '../../../src/client/index.ts';
import { until } from '../../temporal/world.ts';
import { clientKit, type ClientKit } from '../kit.ts';
import { scheduleOf } from './kit.ts';

let kit: ClientKit;
let client: KeepRolling;

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
});
afterAll(async () => {
  for (const { name } of await client.schedules.list()) await client.schedules.delete(name);
  await kit.close();
});

describe('a schedule', { timeout: 60_000 }, () => {
  it('starts its window, and tells what became of it', async () => {
    kit.source('news', true);
    const made = await client.schedules.create(scheduleOf(kit, 'news'), { by: 'me' });
    expect(made).toMatchObject({ name: 'news', joined: true, key: kit.key('news') });
    const held = await until('its launcher', async () => {
      const { runs } = await client.schedules.show('news');
      return runs[0]?.sessionId ? runs[0] : undefined;
    });
    expect(held.state).toMatch(/held|running/);
    const ended = await until('its end', async () => {
      const { runs } = await client.schedules.show('news');
      return runs[0]?.state === 'ended' ? runs[0] : undefined;
    });
    expect(ended).toMatchObject({ outcome: 'completed', sessionId: held.sessionId });
  });
});
