/**
 * AssumeRole of Tencent Cloud's STS (2018-08-13) through its SDK, which is loaded at the first use and repeats nothing by
 * itself. COS takes what it gives for an upload, as it takes a federation token, which ends sooner and needs a policy.
 * Source: Security Token Service, AssumeRole; Cloud Object Storage, "Generating and using temporary keys".
 */
import { Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { CredentialSource } from '../../contract/destinations.ts';
import { EXCHANGE_MS, inTime } from '../aws/clients.ts';
import { StorageFailure } from '../minted.ts';
import { failed, lifeOf, refused, type Obtain } from '../provider.ts';
import { failureFrom, unreached, verdictBy, type Verdict } from '../verdict.ts';
import { stsRows } from './errors.ts';

type TencentProvider = Extract<CredentialSource, { provider: 'tencent' }>;

const OPERATION = 'AssumeRole';

export const assumeTencentRole: Obtain<TencentProvider> = async (provider, { name, destination, now }) => {
  const { role, duration, accessKey, secretKey, externalId, policy } = provider;
  const url = new URL(provider.endpoint ?? 'https://sts.tencentcloudapi.com');
  const isPlain = url.protocol === 'http:';
  // Its own agent: without one, the SDK goes where a variable of the environment sends it.
  const agent = isPlain ? new PlainAgent() : new TlsAgent();
  const mintedAt = now();
  try {
    const { sts } = await import('tencentcloud-sdk-nodejs-sts');
    const client = new sts.v20180813.Client({
      credential: { secretId: accessKey, secretKey },
      region: provider.region ?? destination.region ?? '',
      profile: {
        httpProfile: {
          endpoint: url.host,
          protocol: isPlain ? 'http://' : 'https://',
          reqTimeout: EXCHANGE_MS / 1000,
          agent,
        },
      },
    });
    const given = await inTime(EXCHANGE_MS, () =>
      client.AssumeRole({
        RoleArn: role,
        // Shown in the audit trail beside everything that is done with these credentials.
        RoleSessionName: `keeprolling-${name}`,
        DurationSeconds: Math.floor(duration / 1000),
        ...(externalId !== undefined && { ExternalId: externalId }),
        // The service decodes it once more than the form of the request asks for.
        ...(policy !== undefined && { Policy: encodeURIComponent(policy) }),
      }),
    );
    const { TmpSecretId, TmpSecretKey, Token } = given.Credentials ?? {};
    if (!TmpSecretId || !TmpSecretKey || !Token || !given.ExpiredTime) {
      throw refused(name, `${OPERATION}: the answer holds no whole credentials: look at the endpoint`);
    }
    return {
      accessKey: TmpSecretId,
      secretKey: TmpSecretKey,
      token: Token,
      life: lifeOf(TmpSecretId, Token, mintedAt, given.ExpiredTime * 1000),
    };
  } catch (error) {
    if (error instanceof StorageFailure) throw error;
    throw failed(
      failureFrom(verdictOf(error, url.host, role), 'E_DESTINATION', name, { operation: OPERATION }),
    );
  } finally {
    agent.destroy();
  }
};

/** The SDK's error has a code where the service answered one, a status where it answered something else, and else a message. */
function verdictOf(error: unknown, host: string, role: string): Verdict {
  const {
    code,
    requestId,
    httpCode,
    message = '',
  } = error as Partial<Record<string, string>> & { httpCode?: number };
  if (code === undefined && httpCode === undefined) {
    return { ...unreached({ code: systemCodeIn(message) }, host), cause: 'credentials' };
  }
  const answered = { operation: OPERATION, where: host, code: code ?? '', status: httpCode, requestId };
  return verdictBy(stsRows(role), answered);
}

/** Of the system's own error the SDK leaves the text alone: `reason: connect ECONNREFUSED 127.0.0.1:1`. */
function systemCodeIn(message: string): string {
  if (/certificate/i.test(message)) return 'CERT_UNTRUSTED';
  return /reason: .*?\b(E[A-Z_]{4,})\b/.exec(message)?.[1] ?? '';
}
