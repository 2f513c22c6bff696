/** The two rounds of the bare workflow. The second makes the same call at the same emulator as a session's start. */
import type { Dispatcher } from 'undici';
import type { RecordingInput } from '../../src/workflows/definitions.ts';

export interface BareInput extends RecordingInput {
  accountQueue: string;
  /** Unique, and the title in the record's metadata: how the truth log is searched for it. */
  name: string;
  stream: string;
}

export interface BareActivities {
  admitLike(input: BareInput): Promise<BareInput>;
  startLike(input: BareInput): Promise<{ status: number; reply: unknown }>;
}

export function bareActivities(url: string, accessToken: string, dispatcher: Dispatcher): BareActivities {
  const authorization = `Basic ${Buffer.from(accessToken).toString('base64')}`;
  return {
    admitLike: async (input) => await Promise.resolve(input),
    async startLike({ name, stream }) {
      const { statusCode, body } = await dispatcher.request({
        origin: url,
        path: '/v1/vhosts/default/apps/app:startRecord',
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({
          id: name,
          stream: { name: stream },
          metadata: JSON.stringify({ title: name }),
          filePath: '/bench/${Id}_${Sequence}.ts',
          infoPath: '/bench/${Id}.xml',
        }),
      });
      const reply = await body.json();
      if (statusCode >= 400) throw new Error(`startRecord: ${statusCode} ${JSON.stringify(reply)}`);
      return { status: statusCode, reply };
    },
  };
}
