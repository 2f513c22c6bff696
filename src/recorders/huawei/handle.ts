/** What later calls need to name a recording, and what each call works with. */
import type { HuaweiAccount, HuaweiOptions, HuaweiTarget } from '../../contract/vendors/huawei.ts';
import type { Json } from '../../session/facts.ts';
import type { RecorderContext, Subject, TakeInQuestion } from '../recorder.ts';
import { createHuaweiApi, type HuaweiApi } from './api.ts';
import type { HuaweiCredentials } from './credentials.ts';

export type HuaweiContext = RecorderContext<HuaweiAccount>;
export type HuaweiSubject = Subject<HuaweiTarget, HuaweiOptions>;

/** Huawei names a recording by its stream alone: the push for which START was sent tells takes apart. */
export interface HuaweiHandle {
  /** When the push began, as Huawei writes it. */
  push: string;
  /** When START was accepted, epoch milliseconds. */
  startedAt: number;
}

/** Nothing in it is undefined: it survives JSON. */
export function asJson(handle: HuaweiHandle): Json {
  return { ...handle };
}

/** @throws where a take was never accepted: the session asks nothing of such a one */
export function handleOf(take: TakeInQuestion): HuaweiHandle {
  const told = take.handle as Partial<HuaweiHandle> | null;
  if (typeof told?.push === 'string' && typeof told.startedAt === 'number') return told as HuaweiHandle;
  throw new Error(`Take ${take.take} has no push.`);
}

export function apiOf({ account, dispatcher, now, turn }: HuaweiContext): HuaweiApi {
  const { region, url, projectId } = account;
  return createHuaweiApi({
    projectId,
    credentials: credentialsOf(account),
    dispatcher,
    now,
    ...(region !== undefined && { region }),
    ...(url !== undefined && { url }),
    ...(turn && { turn }),
  });
}

function credentialsOf(account: HuaweiAccount): HuaweiCredentials {
  const { accessKey = '', secretKey = '', securityToken, token, temporary, region } = account;
  if (token !== undefined) return { token };
  if (temporary === undefined)
    return { accessKey, secretKey, ...(securityToken !== undefined && { securityToken }) };
  const { iam = `https://iam.${region}.myhuaweicloud.com`, duration, domain = '', user = '' } = temporary;
  const { password = '', token: userToken } = temporary;
  const by = userToken === undefined ? { domain, user, password } : { token: userToken };
  return { temporary: { iam, by, durationSeconds: Math.floor(duration / 1000) } };
}

/** As Huawei's requests name a stream. */
export function triple({ target }: HuaweiSubject): { publish_domain: string; app: string; stream: string } {
  return { publish_domain: target.publishDomain, app: target.app, stream: target.stream };
}

/** For people. */
export function whole({ publishDomain, app, stream }: HuaweiTarget): string {
  return `${publishDomain}/${app}/${stream}`;
}

/** A write has 30 s in the lane; a start asks twice before and twice after it, and may have to fetch keys. */
export const QUICK = { timeoutMs: 4_000, deadlineMs: 4_500 };
export const WRITE = { timeoutMs: 7_000, deadlineMs: 8_000 };
