/** What later calls need to name a recording, and what each call works with. */
import type {
  NaverAccessControl,
  NaverAccount,
  NaverOptions,
  NaverTarget,
} from '../../contract/vendors/naver.ts';
import type { Json } from '../../session/facts.ts';
import { VendorFailure, type RecorderContext, type Subject, type TakeInQuestion } from '../recorder.ts';
import { createNaverApi, type NaverApi } from './api.ts';

export type NaverContext = RecorderContext<NaverAccount>;
export type NaverSubject = Subject<NaverTarget, NaverOptions>;

export interface NaverHandle {
  channelId: string;
  /** The recording: all its files have this number. */
  recordSeq: number;
  /** The publish in which it began; 0 where that was not told. */
  streamSeq: number;
  /** Its files as of the start: their order is the order of ours. */
  recordIds: string[];
  /** When its start was answered, on our clock: an older reading of the channel knows nothing of it. */
  startedAt: number;
  /** Where its files go, so that keeprolling can have them uploaded, or uploaded again. */
  upload?: { bucket: string; accessControl: NaverAccessControl; by: 'keeprolling' | 'platform' };
}

/** Nothing in it is undefined: it survives JSON. */
export function asJson(handle: NaverHandle): Json {
  return handle as unknown as Json;
}

/** null: its start was never answered. */
export function handleOf({ handle }: { handle: Json }): NaverHandle | null {
  const told = handle as Partial<NaverHandle> | null;
  return typeof told?.recordSeq === 'number' ? (told as NaverHandle) : null;
}

/** @throws where a take was never named: the session asks nothing of such a one */
export function namedHandle(take: TakeInQuestion): NaverHandle {
  const handle = handleOf(take);
  if (handle) return handle;
  throw new Error(`Take ${take.take} has no recording number.`);
}

export function apiOf({ account, dispatcher, now }: NaverContext): NaverApi {
  const { accessKey, secretKey, regionCode, url } = account;
  return createNaverApi({
    accessKey,
    secretKey,
    regionCode,
    dispatcher,
    now,
    ...(url !== undefined && { url }),
  });
}

/**
 * A write has 30 s in the lane, and it is a question, the write itself, and where that fails another two questions: they
 * share that time.
 */
export const QUESTION = { timeoutMs: 3_000, deadlineMs: 4_000 };
export const WRITE = { timeoutMs: 8_000, deadlineMs: 9_000 };

/** A question on the way to a write, where failing to get an answer says that nothing was written. */
export function failureOf(error: unknown): VendorFailure['failure'] {
  if (error instanceof VendorFailure) return error.failure;
  throw error;
}
