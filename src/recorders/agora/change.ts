/** Changes in mid-session; each replaces what was there ("update", "updateLayout"). */
import type { ChangeKind } from '../../session/changes.ts';
import type { Changed, Json, Refreshed } from '../../session/facts.ts';
import type { StandingTake } from '../recorder.ts';
import { apiOf, handleOf, naming, WRITE, type AgoraContext, type AgoraSubject } from './handle.ts';
import { standingParts } from './standing.ts';
import { mintStorage } from './storage.ts';

export async function change(
  context: AgoraContext,
  subject: AgoraSubject,
  take: StandingTake,
  { kind, value }: { kind: ChangeKind; value: Json },
): Promise<Changed> {
  const api = apiOf(context, subject);
  const name = naming(subject, handleOf(take));
  const answered = async (): Promise<{ requestId?: string }> => {
    if (kind === 'layout') return await api.updateLayout({ ...name, clientRequest: value as object }, WRITE);
    const settings = { ...take.settings, [kind]: value };
    const clientRequest = standingParts(context, subject, { ...take, settings });
    return await api.update({ ...name, clientRequest }, WRITE);
  };
  const { requestId } = await answered();
  return { at: context.now(), ...(requestId !== undefined && { requestId }) };
}

/** Mints, probes and applies in one: fresh only when Agora has confirmed. */
export async function refresh(
  context: AgoraContext,
  subject: AgoraSubject,
  take: StandingTake,
): Promise<Refreshed> {
  const handle = handleOf(take);
  const { minted, storageConfig } = await mintStorage(context, subject.options, handle.folder);
  const request = {
    ...naming(subject, handle),
    clientRequest: { ...standingParts(context, subject, take), storageConfig },
  };
  const { requestId } = await apiOf(context, subject).update(request, WRITE);
  return {
    at: context.now(),
    credentials: minted.life,
    ...(requestId !== undefined && { requestId }),
  };
}
