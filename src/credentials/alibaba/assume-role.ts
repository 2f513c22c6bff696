/**
 * AssumeRole of Alibaba Cloud's STS (2015-04-01), by our own signature.
 * Source: Resource Access Management, AssumeRole.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CredentialSource } from '../../contract/destinations.ts';
import { parseInstant } from '../../contract/time.ts';
import { EXCHANGE_MS, inTime } from '../aws/clients.ts';
import { failed, lifeOf, refused, type Obtain } from '../provider.ts';
import { failureFrom, unreached, verdictBy } from '../verdict.ts';
import { stsRows } from './errors.ts';
import { signRpc } from './sign.ts';

type AlibabaProvider = Extract<CredentialSource, { provider: 'alibaba' }>;

const OPERATION = 'AssumeRole';

const answerSchema = z.object({
  Credentials: z.object({
    AccessKeyId: z.string().min(1),
    AccessKeySecret: z.string().min(1),
    SecurityToken: z.string().min(1),
    Expiration: z
      .string()
      .transform((text) => parseInstant(text))
      .pipe(z.number()),
  }),
});
const errorSchema = z.object({ Code: z.string(), RequestId: z.string().optional() });

export const assumeAlibabaRole: Obtain<AlibabaProvider> = async (provider, { name, dispatcher, now }) => {
  const { role, duration, accessKey, secretKey, externalId, policy } = provider;
  const url = new URL(provider.endpoint ?? `https://${hostOf(provider.region)}`);
  const mintedAt = now();
  const { path, headers } = signRpc(
    {
      host: url.host,
      action: OPERATION,
      version: '2015-04-01',
      parameters: {
        RoleArn: role,
        // Shown in the audit trail beside everything that is done with these credentials.
        RoleSessionName: `keeprolling-${name}`,
        DurationSeconds: String(Math.floor(duration / 1000)),
        ...(externalId !== undefined && { ExternalId: externalId }),
        ...(policy !== undefined && { Policy: policy }),
      },
      at: mintedAt,
      nonce: randomUUID(),
    },
    { accessKeyId: accessKey, accessKeySecret: secretKey },
  );
  const { status, body } = await inTime(EXCHANGE_MS, async (signal) => {
    const reply = await dispatcher.request({ origin: url.origin, path, method: 'POST', headers, signal });
    return { status: reply.statusCode, body: await reply.body.json().catch(() => undefined) };
  }).catch((error: unknown) => {
    const told = { ...unreached(error, url.host), cause: 'credentials' as const };
    throw failed(failureFrom(told, 'E_DESTINATION', name, { operation: OPERATION }));
  });
  const answer = answerSchema.safeParse(body);
  if (status === 200 && answer.success) {
    const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } = answer.data.Credentials;
    return {
      accessKey: AccessKeyId,
      secretKey: AccessKeySecret,
      token: SecurityToken,
      life: lifeOf(AccessKeyId, SecurityToken, mintedAt, Expiration),
    };
  }
  if (status === 200)
    throw refused(name, `${OPERATION}: the answer holds no whole credentials: look at the endpoint`);
  const { Code: code = '', RequestId: requestId } = errorSchema.safeParse(body).data ?? {};
  const told = verdictBy(stsRows(role), { operation: OPERATION, where: url.host, code, status, requestId });
  throw failed(failureFrom(told, 'E_DESTINATION', name, { operation: OPERATION }));
};

/** The service of one region, or the central one. */
function hostOf(region: string | undefined): string {
  return region === undefined ? 'sts.aliyuncs.com' : `sts.${region}.aliyuncs.com`;
}
