/** An Agora in the process with a clock that stands still, and short words to speak with it. */
import { createAgoraEmulator, ManualClock } from '../../src/emulators/index.ts';
import type { AgoraEmulatorOptions, Notice, TruthEntry } from '../../src/emulators/index.ts';
import type { ObjectStore, Upload, UploadVerdict } from '../../src/emulators/object-store.ts';
import {
  DEFAULT_APP_ID,
  DEFAULT_CUSTOMER_ID,
  DEFAULT_CUSTOMER_SECRET,
} from '../../src/emulators/agora/options.ts';

export const T0 = Date.UTC(2026, 0, 1, 12);
export const APP = DEFAULT_APP_ID;
export const AUTHORIZATION = `Basic ${Buffer.from(`${DEFAULT_CUSTOMER_ID}:${DEFAULT_CUSTOMER_SECRET}`).toString('base64')}`;
export const SESSION = '01JZZZZZZZZZZZZZZZZZZZZZZZ';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  // oxlint-disable-next-line typescript/no-explicit-any -- replies are looked into freely by tests
  json: any;
}

type Fields = Record<string, unknown>;

export const STORAGE = {
  vendor: 1,
  region: 7,
  bucket: 'archive',
  accessKey: 'AK',
  secretKey: 'SK',
  fileNamePrefix: ['inst', SESSION, 't2xabc'],
};
export const FOLDER = `inst/${SESSION}/t2xabc/`;

export const MIX = { recordingConfig: { channelType: 1, maxIdleTime: 60 } };
export const INDIVIDUAL = { recordingConfig: { channelType: 1, maxIdleTime: 60, subscribeUidGroup: 0 } };
export const PAGE = 'https://page.test/live';

export const web = (param: Fields = {}, more: unknown[] = []) => ({
  extensionServiceConfig: {
    errorHandlePolicy: 'error_abort',
    extensionServices: [
      {
        serviceName: 'web_recorder_service',
        errorHandlePolicy: 'error_abort',
        serviceParam: {
          url: PAGE,
          audioProfile: 0,
          videoWidth: 1280,
          videoHeight: 720,
          maxRecordingHour: 3,
          ...param,
        },
      },
      ...more,
    ],
  },
});

export interface Ids {
  rid: string;
  sid: string;
  mode: string;
  cname: string;
  uid: string;
}

export type AgoraKit = ReturnType<typeof agoraKit>;

export function agoraKit(options: Partial<AgoraEmulatorOptions> & { at?: number } = {}) {
  const clock = new ManualClock(options.at ?? T0);
  const emulator = createAgoraEmulator({
    clock: clock.now,
    customerId: DEFAULT_CUSTOMER_ID,
    customerSecret: DEFAULT_CUSTOMER_SECRET,
    apps: [{ appId: APP }],
    seed: 1,
    qps: 1_000_000,
    ...options,
  });
  const answer = (method: string, target: string, body?: unknown, headers: Record<string, string> = {}) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const type = body === undefined ? undefined : { 'content-type': 'application/json;charset=utf-8' };
    const request = {
      method,
      target,
      headers: { authorization: AUTHORIZATION, ...type, ...headers },
      body: text,
    };
    return emulator.handle(request, clock.now());
  };
  const send = (method: string, target: string, body?: unknown, headers?: Record<string, string>): Reply => {
    const got = answer(method, target, body, headers);
    if (got.kind !== 'response') throw new Error(`The emulator answered with ${got.kind}.`);
    const { status, headers: sent, body: said } = got.response;
    return { status, headers: sent, json: JSON.parse(said) };
  };
  const path = (rest: string) => `/v1/apps/${APP}/cloud_recording/${rest}`;
  const acquire = (clientRequest: Fields = {}, cname = 'room', uid = '900') =>
    send('POST', path('acquire'), { cname, uid, clientRequest });
  const start = (rid: string, mode: string, clientRequest: Fields, cname = 'room', uid = '900') =>
    send('POST', path(`resourceid/${rid}/mode/${mode}/start`), { cname, uid, clientRequest });
  const call = (ids: Ids, op: string, clientRequest: Fields = {}) =>
    send('POST', path(`resourceid/${ids.rid}/sid/${ids.sid}/mode/${ids.mode}/${op}`), {
      cname: ids.cname,
      uid: ids.uid,
      clientRequest,
    });
  const control = (name: string, input: Fields = {}) => {
    const found = emulator.controls[name];
    if (!found) throw new Error(`The emulator has no control ${name}.`);
    return found(input, clock.now());
  };
  const begin = (
    mode: 'individual' | 'mix' | 'web',
    more: Fields = {},
    { cname = 'room', uid = '900' } = {},
  ): Ids => {
    const own = mode === 'web' ? web() : mode === 'mix' ? MIX : INDIVIDUAL;
    const rid = acquire({ scene: mode === 'web' ? 1 : 0 }, cname, uid).json.resourceId;
    const got = start(rid, mode, { storageConfig: STORAGE, ...own, ...more }, cname, uid);
    if (got.status !== 200) throw new Error(`start: ${got.status} ${JSON.stringify(got.json)}`);
    return { rid, sid: got.json.sid, mode, cname, uid };
  };
  const query = (ids: Ids) =>
    send('GET', path(`resourceid/${ids.rid}/sid/${ids.sid}/mode/${ids.mode}/query`));

  return {
    clock,
    emulator,
    answer,
    send,
    path,
    acquire,
    start,
    call,
    control,
    begin,
    query,
    update: (ids: Ids, clientRequest: Fields) => call(ids, 'update', clientRequest),
    stop: (ids: Ids, clientRequest: Fields = {}) => call(ids, 'stop', clientRequest),
    notices: () => control('notices') as Notice[],
    wait: (ms: number) => clock.advance(ms),
    join: (uid = '1', more: Fields = {}) => control('user.join', { channel: 'room', uid, ...more }),
    leave: (uid = '1') => control('user.leave', { channel: 'room', uid }),
    truth: <T extends TruthEntry['type']>(type: T): Extract<TruthEntry, { type: T }>[] => {
      emulator.settle(clock.now());
      return emulator.truth.entries.filter(
        (entry): entry is Extract<TruthEntry, { type: T }> => entry.type === type,
      );
    },
  };
}

/** What was recorded, neighbours joined, in seconds since T0. */
export function stretches(kit: AgoraKit): [from: number, to: number][] {
  const joined: [number, number][] = [];
  for (const { from, to } of kit.truth('media')) {
    const last = joined.at(-1);
    const [a, b] = [(from - T0) / 1000, (to - T0) / 1000];
    if (last && last[1] === a) last[1] = b;
    else joined.push([a, b]);
  }
  return joined;
}

/** Why the recordings ended, and when. */
export function ends(kit: AgoraKit): [seconds: number, reason: string | undefined][] {
  return kit
    .truth('recording')
    .filter(({ event }) => event === 'ended')
    .map(({ at, reason }) => [(at - T0) / 1000, reason]);
}

/** Numbers of the notifications so far. */
export function events(kit: AgoraKit): number[] {
  return kit.notices().map(({ eventType }) => eventType);
}

/** A bucket that remembers what came, and answers as it is told. */
export class FakeStore implements ObjectStore {
  readonly uploads: (Upload & { at: number; verdict: UploadVerdict })[] = [];
  verdict: (upload: Upload, at: number) => UploadVerdict = () => 'stored';

  put(upload: Upload, at: number): UploadVerdict {
    const verdict = this.verdict(upload, at);
    this.uploads.push({ ...upload, at, verdict });
    return verdict;
  }
}
