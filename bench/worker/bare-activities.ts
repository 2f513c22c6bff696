/**
 * The two rounds of the bare workflow. The second makes the same call at the same emulator as a session's start. A
 * bare tick makes one at Agora that changes nothing there.
 */
import type { Dispatcher } from 'undici';
import type { RecordingInput } from '../../src/workflows/definitions.ts';
import { APP_ID } from '../worlds/agora.ts';
import { tickActivities, type TickActivities } from './tick-activities.ts';
import type { WorkerSetup } from './messages.ts';

export interface BareInput extends RecordingInput {
  accountQueue: string;
  /** Unique, and the title in the record's metadata: how the truth log is searched for it. */
  name: string;
  stream: string;
}

export interface BareActivities extends TickActivities {
  admitLike(input: BareInput): Promise<BareInput>;
  startLike(input: BareInput): Promise<{ status: number; reply: unknown }>;
}

export function bareActivities(
  { url, authorization }: WorkerSetup['bare'],
  dispatcher: Dispatcher,
): BareActivities {
  const post = async (path: string, said: unknown): Promise<{ status: number; reply: unknown }> => {
    const { statusCode, body } = await dispatcher.request({
      origin: url,
      path,
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(said),
    });
    const reply = await body.json();
    if (statusCode >= 400) throw new Error(`${path}: ${statusCode} ${JSON.stringify(reply)}`);
    return { status: statusCode, reply };
  };
  const acquire = async (): Promise<void> =>
    void (await post(`/v1/apps/${APP_ID}/cloud_recording/acquire`, {
      cname: 'bare',
      uid: '1',
      clientRequest: {},
    }));
  return {
    admitLike: async (input) => await Promise.resolve(input),
    startLike: async ({ name, stream }) =>
      await post('/v1/vhosts/default/apps/app:startRecord', {
        id: name,
        stream: { name: stream },
        metadata: JSON.stringify({ title: name }),
        filePath: '/bench/${Id}_${Sequence}.ts',
        infoPath: '/bench/${Id}.xml',
      }),
    ...tickActivities(acquire, async () => await Promise.resolve(Date.now())),
  };
}
