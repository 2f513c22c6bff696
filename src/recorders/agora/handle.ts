/** What later calls need to name a recording, and what each call works with. */
import type { AgoraAccount, AgoraOptions, AgoraTarget } from '../../contract/vendors/agora.ts';
import { isSecretReference } from '../../contract/secrets.ts';
import type { Json } from '../../session/facts.ts';
import type { RecorderContext, Subject, TakeInQuestion } from '../recorder.ts';
import { createAgoraApi, type AgoraApi } from './api.ts';

export type AgoraContext = RecorderContext<AgoraAccount>;
export type AgoraSubject = Subject<AgoraTarget, AgoraOptions>;

/** From `acquire`, in history before the start is sent. */
export interface AgoraReservation {
  resourceId: string;
  uid: string;
  /** `maxIdleTime` in seconds, null in web mode. */
  maxIdleTime: number | null;
  maxRecordingHour: number | null;
  tokenEndsAt: number | null;
  endsAt: number;
}

export interface AgoraHandle {
  resourceId: string;
  sid: string;
  uid: string;
  /** Folder of the take in the bucket, with which the whole storage block is sent again at each refresh. */
  folder: string[];
}

/** Nothing in them is undefined: they survive JSON. */
export function asJson(value: AgoraHandle | AgoraReservation): Json {
  return value as unknown as Json;
}

/** @throws where a take was never named: the session asks nothing of such a one */
export function handleOf(take: TakeInQuestion): AgoraHandle {
  const told = take.handle as Partial<AgoraHandle> | null;
  if (typeof told?.sid === 'string') return told as AgoraHandle;
  throw new Error(`Take ${take.take} has no sid.`);
}

export function apiOf(context: AgoraContext, { target, options }: AgoraSubject): AgoraApi {
  const { account, dispatcher, turn } = context;
  const { appId, webAppId = appId, customerId, customerSecret, url, domain, region } = account;
  return createAgoraApi({
    appId: target.mode === 'web' ? webAppId : appId,
    customerId,
    customerSecret,
    dispatcher,
    ...(turn && { turn: () => turn('requests') }),
    secrets: secretsOf(context, options),
    domain,
    ...(url !== undefined && { url }),
    ...(region !== undefined && { region }),
  });
}

/** The session's own secrets: no answer that repeats one is quoted. One that cannot be read now was not sent now either. */
function secretsOf(context: AgoraContext, { secret, salt, url, publish }: AgoraOptions): string[] {
  const named = [secret, salt, url, ...(publish?.outputs ?? []).map(({ rtmpUrl }) => rtmpUrl)];
  return named.filter(isSecretReference).flatMap((reference) => {
    try {
      return [context.secret(reference)];
    } catch {
      return [];
    }
  });
}

/** What every call after the start names. */
export function naming({ target }: AgoraSubject, { resourceId, sid, uid }: AgoraHandle) {
  return { resourceId, sid, mode: target.mode, cname: target.channel, uid };
}

/**
 * A write has 30 s in the lane, of which minting may take 12: the calls that follow it get what is left. A stop has
 * times of its own, see api.ts.
 */
export const QUICK = { timeoutMs: 6_000, deadlineMs: 8_000 };
export const WRITE = { timeoutMs: 12_000, deadlineMs: 15_000 };
