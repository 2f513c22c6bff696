/** Can this account do what a session needs? Lines for `keeprolling doctor`. */
import { randomUUID } from 'node:crypto';
import type { Check } from '../recorder.ts';
import { VendorFailure } from '../recorder.ts';
import { apiOf, QUICK, type AgoraContext, type AgoraSubject } from './handle.ts';
import { uidOf } from './names.ts';
import { rtcToken } from './token.ts';

/** A resource that is acquired and never started ends by itself after 5 minutes and records nothing. */
const CHANNEL = 'keeprolling-doctor';
const PROBE: AgoraSubject = { target: { channel: CHANNEL, mode: 'mix' }, options: {} };
const WEB_PROBE: AgoraSubject = { target: { channel: CHANNEL, mode: 'web' }, options: {} };

export async function check(context: AgoraContext, subject?: AgoraSubject): Promise<Check[]> {
  const { appId, webAppId = appId } = context.account;
  const probes = subject ? [subject] : [PROBE, ...(webAppId === appId ? [] : [WEB_PROBE])];
  const lines: Check[] = [];
  for (const probe of probes) lines.push(await checkAcquire(context, probe));
  return [...lines, checkToken(context)];
}

async function checkAcquire(context: AgoraContext, subject: AgoraSubject): Promise<Check> {
  const { account, now } = context;
  const isWeb = subject.target.mode === 'web';
  const app = isWeb && account.webAppId !== undefined ? 'webAppId' : 'appId';
  const what = isWeb ? 'Agora gives a resource for web pages' : 'Agora gives a resource';
  const name = { installation: 'doctor', sessionId: randomUUID(), take: 1, nonce: 'doctor00', at: now() };
  const request = {
    cname: subject.target.channel,
    uid: uidOf(name, account.uids),
    clientRequest: { scene: isWeb ? 1 : 0, resourceExpiredHour: 1 } as const,
  };
  try {
    await apiOf(context, subject).acquire(request, {
      ...QUICK,
      ...(context.signal && { signal: context.signal }),
    });
    return { what, ok: true, detail: 'customer id and secret are accepted, and cloud recording is enabled' };
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    const { code, message } = error.failure;
    return { what, ok: false, detail: message, remedy: remedyFor(code, app) };
  }
}

function remedyFor(code: string, app: string): string {
  switch (code) {
    case 'E_VENDOR_AUTH':
      return 'Check customerId and customerSecret of the account (Agora Console, RESTful API).';
    case 'E_VENDOR_REFUSED':
      return `Check ${app} of the account, its bill, and that Cloud Recording is enabled for the project (Agora Console).`;
    case 'E_VENDOR_THROTTLED':
      return 'Look for recordings that nobody needs, or ask Agora for more of them and for more calls a second.';
    case 'E_VENDOR_UNREACHABLE':
    case 'E_VENDOR_UNANSWERED':
      return 'Check that the worker may reach the Internet (or url of the account); domain and region choose the host.';
    default:
      return 'Try again later; the status page of Agora tells of outages.';
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
  rtcToken({ appId, appCertificate }, CHANNEL, '1', at, at + tokenHours * 3_600_000);
  return { what, ok: true, detail: `made here, for ${tokenHours} h each; a take is handed over before that` };
}
