/** Temporary credentials of a role for a destination: Alibaba Cloud's STS, with what its refusals mean there. */
import type { CredentialSource } from '../../contract/destinations.ts';
import { EXCHANGE_MS, inTime } from '../aws/clients.ts';
import { failed, lifeOf, refused, type Obtain } from '../provider.ts';
import { failureFrom, unreached, verdictBy } from '../verdict.ts';
import { stsRows } from './errors.ts';
import { ASSUME_ROLE as OPERATION, assumeRole } from './sts.ts';

type AlibabaProvider = Extract<CredentialSource, { provider: 'alibaba' }>;

export const assumeAlibabaRole: Obtain<AlibabaProvider> = async (provider, { name, dispatcher, now }) => {
  const { role, duration, accessKey, secretKey, externalId, policy } = provider;
  const url = provider.endpoint ?? `https://${hostOf(provider.region)}`;
  const mintedAt = now();
  const answer = await assumeRole(
    {
      url,
      keys: { accessKeyId: accessKey, accessKeySecret: secretKey },
      role,
      sessionName: `keeprolling-${name}`,
      durationMs: duration,
      externalId,
      policy,
      at: mintedAt,
    },
    async ({ origin, host, path, headers }) =>
      await inTime(EXCHANGE_MS, async (signal) => {
        const reply = await dispatcher.request({ origin, path, method: 'POST', headers, signal });
        return { status: reply.statusCode, text: await reply.body.text().catch(() => '') };
      }).catch((error: unknown) => {
        const told = { ...unreached(error, host), cause: 'credentials' as const };
        throw failed(failureFrom(told, 'E_DESTINATION', name, { operation: OPERATION }));
      }),
  );
  const { status, keys, code, requestId } = answer;
  if (keys) {
    const { accessKeyId, accessKeySecret, securityToken: token, expiresAt } = keys;
    const life = lifeOf(accessKeyId, token, mintedAt, expiresAt);
    return { accessKey: accessKeyId, secretKey: accessKeySecret, token, life };
  }
  if (status === 200)
    throw refused(name, `${OPERATION}: the answer holds no whole credentials: look at the endpoint`);
  const where = new URL(url).host;
  const told = verdictBy(stsRows(role), { operation: OPERATION, where, code, status, requestId });
  throw failed(failureFrom(told, 'E_DESTINATION', name, { operation: OPERATION }));
};

/** The service of one region, or the central one. */
function hostOf(region: string | undefined): string {
  return region === undefined ? 'sts.aliyuncs.com' : `sts.${region}.aliyuncs.com`;
}
