/** What Agora's recorder costs a worker: a look of the watch, and a refresh of storage credentials. */
import type { Dispatcher } from 'undici';
import { watchOnce, type Looking } from '../../src/activities/watch.ts';
import type { WatchMemory } from '../../src/activities/wire.ts';
import { createAgoraApi } from '../../src/recorders/agora/api.ts';
import { measured, type Measured } from '../report.ts';
import { cpuMicros, rotated } from '../stats.ts';
import { agoraRecording, type AgoraRecording } from '../worlds/agora-recording.ts';
import { AGORA_URL, APP_ID, AUTHORIZATION, CUSTOMER, MODE } from '../worlds/agora.ts';
import { noting } from '../worlds/noting.ts';
import type { Counts } from './counts.ts';

/** Of virtual time from look to look. Credentials outlive all looks of a round. */
const STEP_MS = 5_000;
const PACE = { everyMs: 60_000, doubtMs: 10_000, withCallbacksMs: 300_000 };

export async function agoraCost(counts: Counts): Promise<Measured[]> {
  return [...(await perLook(counts)), await perRefresh(counts)];
}

/** Each side in a world of its own, so that it meets the same emulator: the same age, the same logs. */
type Side = (recording: AgoraRecording) => () => Promise<void>;

const ourLook: Side = ({ vendor, context, input }) => {
  const looking: Looking = async (takes, known) =>
    await vendor.recorder.look(context, input.subject, takes, known);
  let memory: WatchMemory | null = null;
  return async () => {
    const turn = await watchOnce(looking, context.now, input, PACE, memory, false, Math.random);
    if ('report' in turn) throw new Error(`A look found something: ${JSON.stringify(turn.report.look)}`);
    memory = turn.memory;
  };
};

const bareLook: Side = ({ dispatcher, ids }) => {
  const api = createAgoraApi({ ...CUSTOMER, appId: APP_ID, url: AGORA_URL, dispatcher });
  return async () => void (await api.query({ ...ids, mode: MODE }));
};

const pathOf = ({ resourceId, sid }: AgoraRecording['ids']): string =>
  `/v1/apps/${APP_ID}/cloud_recording/resourceid/${resourceId}/sid/${sid}/mode/${MODE}/query`;

const bareRequest: Side = ({ dispatcher, ids }) => {
  const path = pathOf(ids);
  return async () => {
    const { statusCode, body } = await dispatcher.request({
      origin: AGORA_URL,
      path,
      method: 'GET',
      headers: { authorization: AUTHORIZATION },
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`query: ${statusCode} ${text}`);
    JSON.parse(text);
  };
};

const emulatorAlone: Side = ({ agora, clock, ids }) => {
  const request = { method: 'GET', target: pathOf(ids), headers: { authorization: AUTHORIZATION }, body: '' };
  return async () => {
    await Promise.resolve(agora.handle(request, clock.now));
  };
};

async function perLook({ lookRounds, looks }: Counts): Promise<Measured[]> {
  const cpuOf = (side: Side) => async (): Promise<number> => {
    const recording = await agoraRecording();
    const look = side(recording);
    return await cpuMicros(looks, async () => {
      recording.clock.now += STEP_MS;
      await look();
    });
  };
  const sides = {
    ours: cpuOf(ourLook),
    look: cpuOf(bareLook),
    request: cpuOf(bareRequest),
    emulator: cpuOf(emulatorAlone),
  };
  // Once each before it counts: the compiler has then seen all.
  for (const side of Object.values(sides)) await side();
  const { ours, look, request, emulator } = await rotated(lookRounds, sides);
  const note = `median of ${lookRounds} × ${looks} looks in the process; of each figure ${emulator.toFixed(0)} µs are the emulator's`;
  return [
    measured(
      { name: 'CPU per look at Agora, against a bare look', value: ours, unit: 'µs', baseline: look },
      `${note}; the typed client's query alone`,
    ),
    measured(
      { name: 'CPU per look at Agora, against a bare request', value: ours, unit: 'µs', baseline: request },
      `${note}; dispatcher.request and JSON.parse alone`,
    ),
  ];
}

async function perRefresh({ lookRounds, refreshes }: Counts): Promise<Measured> {
  const refreshed = async (): Promise<number> => {
    const { vendor, context, subject, standing } = await agoraRecording();
    return await cpuMicros(
      refreshes,
      async () => void (await vendor.recorder.refresh!(context, subject, standing)),
    );
  };
  /** The very requests of one refresh, signatures and all, sent again: the clock stands still meanwhile. */
  const sent = async (): Promise<number> => {
    const requests: Dispatcher.DispatchOptions[] = [];
    const recording = await agoraRecording({ through: (plain) => noting(plain, requests) });
    const { vendor, context, subject, standing, plain } = recording;
    requests.length = 0;
    await vendor.recorder.refresh!(context, subject, standing);
    return await cpuMicros(refreshes, async () => {
      for (const request of requests) await send(plain, request);
    });
  };
  await refreshed();
  await sent();
  const { ours, baseline } = await rotated(lookRounds, { ours: refreshed, baseline: sent });
  return measured(
    { name: 'CPU per refresh at Agora', value: ours, unit: 'µs', baseline },
    `median of ${lookRounds} × ${refreshes} in the process: mint, probe, update; the same three requests sent again as they were signed, emulators in both`,
  );
}

async function send(dispatcher: Dispatcher, request: Dispatcher.DispatchOptions): Promise<void> {
  const { statusCode, body } = await dispatcher.request(request);
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${request.method} ${request.path}: ${statusCode} ${text}`);
  if (text.startsWith('{')) JSON.parse(text);
}
