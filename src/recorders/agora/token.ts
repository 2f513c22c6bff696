/** RTC tokens, by the vendor's own library: they let the recorder join a channel whose app has a certificate. */
// Not by its `RtcTokenBuilder`, which reads the machine's clock: ours can be a virtual one.
import agoraToken from 'agora-token/src/AccessToken2.js';

const { AccessToken2, ServiceRtc } = agoraToken;

/** RTC tokens live at most 24 h; longer values are cut ("Token authentication", AccessToken2). */
export const TOKEN_MAX_MS = 24 * 3_600_000;

/** A token to join and listen, from `now` until `endsAt`, both epoch milliseconds. Nothing renews it in a recording. */
export function rtcToken(
  app: { appId: string; appCertificate: string },
  channel: string,
  uid: string,
  now: number,
  endsAt: number,
): string {
  const issuedAt = Math.floor(now / 1000);
  const lifeSeconds = Math.ceil(endsAt / 1000) - issuedAt;
  const token = new AccessToken2(app.appId, app.appCertificate, issuedAt, lifeSeconds);
  const service = new ServiceRtc(channel, uid);
  service.add_privilege(ServiceRtc.kPrivilegeJoinChannel, lifeSeconds);
  token.add_service(service);
  return token.build();
}
