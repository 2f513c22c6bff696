/** A start under its reservation: sent again with the same resource id, it makes no second recording. */
import type { AgoraOptions, AgoraTarget } from '../../contract/vendors/agora.ts';
import type { CredentialLife, Failure, Started } from '../../session/facts.ts';
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
  const { resourceId, uid, maxIdleTime, endsAt } = reservation;
  const folder = folderOf(name, context.storage?.place.prefix ?? null);
  const { minted, storageConfig } = await mintStorage(context, options, folder);
  const clientRequest = startRequest(context, request, settings, reservation, storageConfig);
  const naming = { resourceId, mode: target.mode, cname: target.channel, uid };
  const begun = await apiOf(context, request)
    .start({ ...naming, clientRequest }, WRITE)
    .catch((error: unknown) => {
      throw error instanceof VendorFailure ? new VendorFailure(judged(error, attempt)) : error;
    });
  const handle: AgoraHandle = { resourceId, sid: begun.sid, uid, folder };
  const credentials = begun.already ? fromFirstTry(minted.life, name.at) : minted.life;
  return {
    at: context.now(),
    handle: asJson(handle),
    recording: begun.sid,
    endsAt,
    ...(begun.already && { wasOurs: true }),
    ...(maxIdleTime !== null && { blindMs: maxIdleTime * 1000 }),
    ...(credentials !== null && { credentials }),
    ...(begun.requestId !== undefined && { requestId: begun.requestId }),
  };
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
