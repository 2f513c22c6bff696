/** Can this account do what a session needs? Lines for `keeprolling doctor`. */
import { randomUUID } from 'node:crypto';
import type { Check } from '../recorder.ts';
import { VendorFailure } from '../recorder.ts';
import { apiOf, QUICK, type AgoraContext, type AgoraSubject } from './handle.ts';
import { uidOf } from './names.ts';
import { rtcToken } from './token.ts';

/** A resource that is acquired and never started ends by itself after 5 minutes and records nothing. */
const PROBE: AgoraSubject = { target: { channel: 'keeprolling-doctor', mode: 'mix' }, options: {} };

export async function check(context: AgoraContext, subject: AgoraSubject = PROBE): Promise<Check[]> {
  return [await checkAcquire(context, subject), checkToken(context)];
}

async function checkAcquire(context: AgoraContext, subject: AgoraSubject): Promise<Check> {
  const what = 'Agora gives a resource';
  const { account, now } = context;
  const name = { installation: 'doctor', sessionId: randomUUID(), take: 1, nonce: 'doctor00', at: now() };
  const request = {
    cname: subject.target.channel,
    uid: uidOf(name, account.uids),
    clientRequest: { scene: subject.target.mode === 'web' ? 1 : 0, resourceExpiredHour: 1 } as const,
  };
  try {
    await apiOf(context, subject).acquire(request, QUICK);
    return { what, ok: true, detail: 'customer id and secret are accepted, and cloud recording is enabled' };
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    const { failure } = error;
    const remedy =
      failure.code === 'E_VENDOR_AUTH'
        ? 'Check customerId and customerSecret of the account (Agora Console, RESTful API).'
        : 'Check appId of the account, and that Cloud Recording is enabled for the project (Agora Console).';
    return { what, ok: false, detail: failure.message, remedy };
  }
}

/** Whether it opens a channel is known only when a recorder joins one. */
function checkToken({ account, now }: AgoraContext): Check {
  const what = 'tokens for recorders';
  const { appId, appCertificate, tokenHours } = account;
  if (appCertificate === undefined)
    return {
      what,
      ok: true,
      detail: 'none: the account has no appCertificate, so the project must not demand tokens',
    };
  const at = now();
  rtcToken({ appId, appCertificate }, PROBE.target.channel, '1', at, at + tokenHours * 3_600_000);
  return { what, ok: true, detail: `made here, for ${tokenHours} h each; a take is handed over before that` };
}
