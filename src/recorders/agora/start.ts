/** A start under its reservation: sent again with the same resource id, it makes no second recording. */
import { MIN_STS_LIFE_MS, type AgoraOptions, type AgoraTarget } from '../../contract/vendors/agora.ts';
import type { CredentialLife, Failure, Started } from '../../session/facts.ts';
import { StorageFailure } from '../../credentials/minted.ts';
import { VendorFailure, type StartRequest } from '../recorder.ts';
import { isRefusal } from './api.ts';
import {
  apiOf,
  asJson,
  WRITE,
  type AgoraContext,
  type AgoraHandle,
  type AgoraReservation,
} from './handle.ts';
import { folderOf } from './names.ts';
import { startRequest } from './request.ts';
import { mintStorage } from './storage.ts';

/** "Retry the same resource ID after 3 s, 6 s" ("Response status codes", 65), then another uid ("Best practices"). */
const TRIES = 3;
const AGAIN_MS = 3_000;

export async function start(
  context: AgoraContext,
  request: StartRequest<AgoraTarget, AgoraOptions>,
): Promise<Started> {
  const { target, options, name, settings, attempt } = request;
  const reservation = request.reservation as unknown as AgoraReservation;
  const { resourceId, uid } = reservation;
  const folder = folderOf(name, context.storage?.place.prefix ?? null);
  if (request.named !== undefined)
    return await alreadyNamed(context, request, reservation, folder, request.named);
  const { minted, storageConfig } = await mintStorage(context, options, folder);
  const clientRequest = startRequest(context, request, settings, reservation, storageConfig);
  const naming = { resourceId, mode: target.mode, cname: target.channel, uid };
  const begun = await apiOf(context, request)
    .start({ ...naming, clientRequest }, WRITE)
    .catch((error: unknown) => {
      throw error instanceof VendorFailure ? new VendorFailure(judged(error, attempt)) : error;
    });
  const credentials = begun.already ? fromFirstTry(minted.life, name.at) : minted.life;
  return {
    ...startedAs(begun.sid, reservation, folder, context.now()),
    ...(begun.already && { wasOurs: true }),
    ...(credentials !== null && { credentials }),
    ...(begun.requestId !== undefined && { requestId: begun.requestId }),
  };
}

function startedAs(sid: string, reservation: AgoraReservation, folder: string[], at: number): Started {
  const { resourceId, uid, endsAt, maxIdleTime } = reservation;
  const handle: AgoraHandle = { resourceId, sid, uid, folder };
  return {
    at,
    handle: asJson(handle),
    recording: sid,
    endsAt,
    ...(maxIdleTime !== null && { blindMs: maxIdleTime * 1000 }),
  };
}

/** A notification has told the sid of a start whose answers were lost: nothing is sent, and nothing may keep it unnamed. */
async function alreadyNamed(
  context: AgoraContext,
  { options, name }: StartRequest<AgoraTarget, AgoraOptions>,
  reservation: AgoraReservation,
  folder: string[],
  sid: string,
): Promise<Started> {
  const credentials = await mintStorage(context, options, folder).then(
    ({ minted }) => fromFirstTry(minted.life, name.at),
    (error: unknown) => {
      if (error instanceof StorageFailure) return leastLife(name.at);
      throw error;
    },
  );
  return {
    ...startedAs(sid, reservation, folder, context.now()),
    wasOurs: true,
    ...(credentials !== null && { credentials }),
  };
}

/** Nothing can be minted now that would tell how long it lives: what it runs with lives for this long at the least. */
function leastLife(decidedAt: number): CredentialLife {
  return { mintedAt: decidedAt, expiresAt: decidedAt + MIN_STS_LIFE_MS, fingerprint: 'unknown' };
}

/** It runs with what an earlier try minted, after the take was decided; what this one minted was never taken. */
function fromFirstTry(life: CredentialLife | null, decidedAt: number): CredentialLife | null {
  if (life === null) return null;
  const { mintedAt, expiresAt } = life;
  return { ...life, mintedAt: decidedAt, expiresAt: expiresAt - Math.max(0, mintedAt - decidedAt) };
}

/** What only another reservation can mend; each take has one of its own, and a uid of its own. */
const SPENT = ['reservation-expired', 'reservation-invalid', 'conflict', 'no-worker'] as const;

/** What a failed start leaves open, which the number of the try decides with the vendor's answer. */
function judged(error: VendorFailure, attempt: number): Failure {
  const { failure } = error;
  const unnamed: Failure = { ...failure, applied: 'unnamed', retry: 'later' };
  // An earlier try may run under this resource id, whatever is wrong with it now; only a callback could name it.
  if (SPENT.some((is) => isRefusal(error, is))) return attempt > 1 ? unnamed : { ...failure, retry: 'later' };
  if (failure.applied !== 'unknown') return failure;
  return attempt >= TRIES ? unnamed : { ...failure, retry: AGAIN_MS * attempt };
}
