/**
 * A real server with open workflows that nobody runs, so that a signal is the server's work alone; the gateway and a
 * bare Fastify, each in a process of its own; and a vendor that calls one or the other.
 */
import { createHmac } from 'node:crypto';
import { Agent, request } from 'undici';
import type { RecorderEvent } from '../../src/session/events.ts';
import { sessionWorkflowId } from '../../src/session/names.ts';
import { ACCOUNT } from './configuration.ts';
import type { ToReceiver } from '../worker/receiver-messages.ts';
import { startReceiver, type Receiver } from './receiver-child.ts';
import { onServer, type Closable } from './server.ts';

export type Way = 'gateway' | 'bare';

interface World {
  /** Answers once Temporal has it. */
  call(way: Way): Promise<void>;
  /** By the gateway's own clock: from a callback's arrival until its answer is made, or its client's signal alone. Milliseconds. */
  timed(what: 'callback' | 'signal'): Promise<number>;
}
export type CallbackWorld = World & Closable;

const PATH = 'bench-path-secret';
const KEY = 'bench-signing-key';
/** The server takes so many signals for each that all of a run stay far below its limit for one. */
const STREAMS = 64;

const keyOf = (stream: string): string => `ome/${ACCOUNT}/default/app/${stream}`;

export async function callbackWorld(): Promise<CallbackWorld> {
  return await onServer(async ({ address, client, folder, closers }) => {
    const streams = Array.from({ length: STREAMS }, (_, i) => `cam${i}`);
    for (const stream of streams) {
      await client.workflow.start('bare', {
        workflowId: sessionWorkflowId(keyOf(stream)),
        taskQueue: 'nobody',
        args: [],
      });
    }
    const configuration = {
      installation: 'bench1',
      temporal: { address },
      accounts: {
        [ACCOUNT]: {
          vendor: 'ome',
          url: 'http://127.0.0.1:1',
          accessToken: 'unused',
          callbacks: { path: PATH, keys: KEY },
        },
      },
    };
    const receivers = {} as Record<Way, Receiver>;
    for (const kind of ['gateway', 'bare'] as const) {
      receivers[kind] = await startReceiver({ kind, configuration, folder, address });
      closers.push(receivers[kind].stop);
    }
    const urls: Record<Way, string> = {
      gateway: `${receivers.gateway.url}/callbacks/${ACCOUNT}/${PATH}`,
      bare: `${receivers.bare.url}/callbacks`,
    };
    const dispatcher = new Agent();
    closers.push(async () => await dispatcher.close());

    let sent = 0;
    const next = (): { workflowId: string; stream: string; event: RecorderEvent } => {
      sent += 1;
      const stream = streams[sent % STREAMS]!;
      const event = { id: `bench-${'0'.repeat(26)}-${sent}`, at: Date.now(), kind: 'source-up' as const };
      return { workflowId: sessionWorkflowId(keyOf(stream)), stream, event };
    };
    const call = async (way: Way): Promise<void> => {
      const body = callbackOf(next(), sent);
      const { statusCode, body: answer } = await request(urls[way], {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-ome-signature': createHmac('sha1', KEY).update(body).digest('base64url'),
        },
        body,
        dispatcher,
      });
      await answer.dump();
      if (statusCode !== 200) throw new Error(`A callback was answered with ${statusCode}.`);
    };
    return {
      call,
      async timed(what) {
        const { gateway } = receivers;
        const ms = gateway.next(what === 'callback' ? 'accepted' : 'signalled');
        if (what === 'callback') await call('gateway');
        else gateway.signal(next());
        return await ms;
      },
    };
  });
}

/** An alert that tells of one stream; what differs makes it another event. */
function callbackOf({ stream, ...bare }: { stream: string } & ToReceiver, serial: number): string {
  return JSON.stringify({
    sourceUri: `#default#app/${stream}`,
    sourceInfo: { createdTime: new Date(Date.now() - (serial % 1000)).toISOString() },
    messages: [{ code: 'INGRESS_STREAM_PREPARED', description: `prepared ${serial}` }],
    type: 'INGRESS',
    // For the bare one, which understands no vendor.
    ...bare,
  });
}
