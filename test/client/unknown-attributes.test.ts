/** A server that has been told of our search attributes learns of them a while later, and refuses a start meanwhile. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { open, type Opened } from '../../src/client/open.ts';
import { start } from '../../src/client/start.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { sessionWorkflowId } from '../../src/session/names.ts';
import { until } from '../temporal/world.ts';
import { clientKit, inMs, specificationOf, type ClientKit } from './kit.ts';

let kit: ClientKit;
let opened: Opened;
const namespace = `bare-${process.pid}`;

beforeAll(async () => {
  kit = await clientKit();
  const { settings, client } = kit.world;
  await client.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  opened = await open({ settings, registry: VENDORS, env: {}, namespace });
  await until('a namespace', async () =>
    client.workflowService
      .describeNamespace({ namespace })
      .then(() => true)
      .catch(() => false),
  );
});
afterAll(async () => {
  await opened.close();
  await kit.close();
});

it('starts a session all the same, and a launcher too', async () => {
  const context = { ...opened.context, hasSearchAttributes: async () => await Promise.resolve(true) };
  const now = await start(context, specificationOf(kit, 'at-once'));
  const later = await start(
    context,
    specificationOf(kit, 'later', { window: { from: inMs(3_600_000), length: '1h' } }),
  );
  expect(later.startAt).not.toBeNull();
  const running = await context.reach.within(
    5_000,
    async ({ workflow }) => await workflow.getHandle(sessionWorkflowId(now.key)).describe(),
  );
  expect(running.status.name).toBe('RUNNING');
});
