/** A recording at the emulated Agora, begun by the recorder itself: reserved, started, and with media in its bucket. */
import type { WatchInput, SubjectRef } from '../../src/activities/wire.ts';
import type { RecorderContext } from '../../src/recorders/recorder.ts';
import type { WatchedTake } from '../../src/session/events.ts';
import type { ChangeValues } from '../../src/session/state.ts';
import { agoraStage, CHANNEL, MODE, type AgoraStage, type StageOptions } from './agora.ts';
import { ACCOUNT } from './configuration.ts';

type Data = Record<string, unknown>;

export interface AgoraRecording extends AgoraStage {
  context: RecorderContext<Data>;
  subject: SubjectRef;
  /** As a refresh is told of it. */
  standing: WatchedTake & { settings: ChangeValues; held: boolean };
  input: WatchInput;
  ids: { resourceId: string; sid: string };
}

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
/** The first slice goes up 15 s after the source is seen. */
const UNDER_WAY_MS = 60 * SECOND;

/** Without tokens: these would end it within a day. */
export async function agoraRecording(options: Pick<StageOptions, 'through'> = {}): Promise<AgoraRecording> {
  const stage = agoraStage({ ...options, tokens: false });
  const { clock, account, dispatcher, storage, vendor } = stage;
  const { recorder } = vendor;
  const now = (): number => clock.now;
  const context = { account, dispatcher, now, secret: () => '', storage };
  const subject: SubjectRef = {
    vendor: 'agora',
    account: ACCOUNT,
    target: vendor.contract.target.parse({ channel: CHANNEL, mode: MODE }) as SubjectRef['target'],
    options: vendor.contract.options.parse({}) as SubjectRef['options'],
  };
  const name = {
    installation: 'bench1',
    sessionId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    take: 1,
    nonce: 'aaaaaaaa',
    at: clock.now,
  };
  const beginning = { ...subject, name, endBy: clock.now + 48 * HOUR, patienceMs: null, settings: {} };
  const { reservation } = await recorder.reserve!(context, beginning);
  const { handle } = await recorder.start(context, {
    ...beginning,
    attempt: 1,
    reservation,
    title: 'bench',
    adoptForeign: false,
  });
  clock.now += UNDER_WAY_MS;
  const take: WatchedTake = { take: 1, name, handle, belief: 'recording' };
  const watch = { version: 1, takes: [take], doubt: false, patient: false, memory: null, firstMs: null };
  const standing = { ...take, settings: {}, held: false };
  const { resourceId, sid } = handle as unknown as AgoraRecording['ids'];
  return { ...stage, context, subject, standing, input: { subject, watch }, ids: { resourceId, sid } };
}
