/** Takes callbacks in a process of its own, as in production; it ends when its parent does. */
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { Client, Connection } from '@temporalio/client';
import { fastify, type FastifyInstance } from 'fastify';
import { settingsOf } from '../../src/config/settings.ts';
import { startGateway } from '../../src/gateway/index.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import type { FromReceiver, ReceiverSetup, ToReceiver } from './receiver-messages.ts';

const HOST = '127.0.0.1';
const setup = JSON.parse(process.argv[2]!) as ReceiverSetup;
const tell = (message: FromReceiver): void => void process.send!(message);
const client = new Client({ connection: await Connection.connect({ address: setup.address }) });

async function signal(workflowId: string, event: unknown): Promise<void> {
  await client.workflow.getHandle(workflowId).signal('recorderEvent', event);
}

/** Tells of each request how long it took, from before anybody has seen it until its answer is made. */
function timed(app: FastifyInstance): void {
  const begun = new WeakMap<IncomingMessage, number>();
  app.server.prependListener('request', (raw: IncomingMessage) => begun.set(raw, performance.now()));
  app.addHook('onSend', (request, _reply, _body, done) => {
    tell({ told: 'accepted', ms: performance.now() - begun.get(request.raw)! });
    done();
  });
}

async function gateway(): Promise<string> {
  const settings = settingsOf(setup.configuration, null, setup.folder, VENDORS, {});
  const { url } = await startGateway({
    settings,
    env: {},
    host: HOST,
    port: 0,
    extra: timed,
  });
  return url;
}

/** The least that does the same: JSON in, the same signal out, an answer once it is accepted. */
async function bare(): Promise<string> {
  const app = fastify();
  app.post<{ Body: ToReceiver }>('/callbacks', async ({ body: { workflowId, event } }) => {
    await signal(workflowId, event);
    return {};
  });
  // It tells as much as the gateway does.
  timed(app);
  return await app.listen({ host: HOST, port: 0 });
}

process.once('disconnect', () => process.exit(0));
process.on('message', ({ workflowId, event }: ToReceiver) => {
  const begunAt = performance.now();
  void signal(workflowId, event).then(() => tell({ told: 'signalled', ms: performance.now() - begunAt }));
});
tell({ told: 'listening', url: setup.kind === 'gateway' ? await gateway() : await bare() });
