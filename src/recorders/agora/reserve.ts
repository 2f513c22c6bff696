/** A resource for one take: lives 5 minutes, serves one start, and fixes channel and uid ("acquire"). */
import type { AgoraOptions, AgoraTarget } from '../../contract/vendors/agora.ts';
import type { Reserved } from '../../session/facts.ts';
import type { ReserveRequest } from '../recorder.ts';
import { apiOf, asJson, QUICK, type AgoraContext, type AgoraReservation } from './handle.ts';
import { limitsOf, RESOURCE_MS } from './limits.ts';
import { uidOf } from './names.ts';

/**
 * `startParameter`, which may place the recording better, is not sent: it would hold the storage keys, and what is
 * not the same in the start fails there ("acquire", startParameter).
 */
export async function reserve(
  context: AgoraContext,
  request: ReserveRequest<AgoraTarget, AgoraOptions>,
): Promise<Reserved> {
  const { target, options, name, endBy, patienceMs } = request;
  const now = context.now();
  const limits = limitsOf(context.account, request, { now, endBy, patienceMs });
  const uid = uidOf(name, context.account.uids);
  const { region, regionAffinity, excludeResourceIds } = options;
  const { resourceId, requestId } = await apiOf(context, request).acquire(
    {
      cname: target.channel,
      uid,
      clientRequest: {
        scene: target.mode === 'web' ? 1 : 0,
        resourceExpiredHour: limits.resourceExpiredHour,
        ...(region !== undefined && { region }),
        ...(regionAffinity !== undefined && { regionAffinity }),
        ...(excludeResourceIds !== undefined && { excludeResourceIds }),
      },
    },
    QUICK,
  );
  const { maxIdleTime, maxRecordingHour, tokenEndsAt, endsAt, orphanUntil } = limits;
  const reservation: AgoraReservation = {
    resourceId,
    uid,
    maxIdleTime,
    maxRecordingHour,
    tokenEndsAt,
    endsAt,
  };
  return {
    at: context.now(),
    reservation: asJson(reservation),
    // Counted from before the call: the vendor's own count began some time in between.
    expiresAt: now + RESOURCE_MS,
    // Every notification of a recording has its uid ("Event types", fields in payload).
    mark: uid,
    ...(orphanUntil !== null && { orphanUntil }),
    ...(requestId !== undefined && { requestId }),
  };
}
