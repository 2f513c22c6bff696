/** What later calls need to name a recording, and what each call works with. */
import type { AlibabaAccount, AlibabaOptions, AlibabaTarget } from '../../contract/vendors/alibaba.ts';
import type { Json } from '../../session/facts.ts';
import type { RecorderContext, Subject } from '../recorder.ts';
import { createAlibabaApi, type AlibabaApi } from './api.ts';
import { forgetKeys, keysOf } from './keys.ts';

export type AlibabaContext = RecorderContext<AlibabaAccount>;
export type AlibabaSubject = Subject<AlibabaTarget, AlibabaOptions>;

/** ApsaraVideo names no recording: it is known by the stream, and by the push in which it was started. */
export interface AlibabaHandle {
  /** When that push began, by the vendor's clock; epoch milliseconds. */
  push: number;
  /** When the last start was accepted. */
  since: number;
}

export function asJson({ push, since }: AlibabaHandle): Json {
  return { push, since };
}

/** null: of a take whose start was never answered. */
export function handleOf(handle: Json): AlibabaHandle | null {
  const { push, since } = (handle ?? {}) as Partial<AlibabaHandle>;
  return typeof push === 'number' && typeof since === 'number' ? { push, since } : null;
}

export function apiOf(context: AlibabaContext): AlibabaApi {
  const { account, dispatcher, now, turn } = context;
  return createAlibabaApi({
    keys: async () => await keysOf(context),
    refused: () => forgetKeys(context),
    url: account.url,
    dispatcher,
    now,
    ...(turn && { turn }),
  });
}

/** As every operation on a stream names it. */
export function triple({ playbackDomain, app, stream }: AlibabaTarget) {
  return { DomainName: playbackDomain, AppName: app, StreamName: stream };
}

/** For people. */
export function nameOf({ playbackDomain, app, stream }: AlibabaTarget): string {
  return `${playbackDomain}/${app}/${stream}`;
}

/** `yyyy-MM-ddTHH:mm:ssZ`. */
export function wireTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** Up to four calls share the 30 s of one write. */
export const QUICK = { timeoutMs: 6_000, deadlineMs: 7_000 };
