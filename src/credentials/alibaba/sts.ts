/**
 * AssumeRole of Alibaba Cloud's STS (2015-04-01), by our own signature: for whoever needs temporary keys of a role, an
 * account of ApsaraVideo or a destination in OSS. How a request travels, and what a refusal means there, they know.
 * Source: Resource Access Management, AssumeRole.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parseInstant } from '../../contract/time.ts';
import { signRpc, type AlibabaKeys } from './sign.ts';

export const ASSUME_ROLE = 'AssumeRole';

export interface RoleWish {
  /** `https://sts.aliyuncs.com`, or the service of a region. */
  url: string;
  /** Of a RAM user: the account's own may assume no role. */
  keys: Pick<AlibabaKeys, 'accessKeyId' | 'accessKeySecret'>;
  role: string;
  /** Shown in the audit trail beside everything that is done with the keys. */
  sessionName: string;
  durationMs: number;
  externalId?: string | undefined;
  policy?: string | undefined;
  /** Epoch milliseconds. */
  at: number;
}

/** A POST without a body. */
export interface SignedPost {
  origin: string;
  host: string;
  path: string;
  headers: Record<string, string>;
}

export interface RoleAnswer {
  status: number;
  /** null: there are none in the answer, whatever its status. `expiresAt`: epoch milliseconds. */
  keys: (Required<AlibabaKeys> & { expiresAt: number }) | null;
  /** Of a refusal, where it tells one. */
  code: string;
  requestId?: string | undefined;
}

/** @throws only what `post` throws */
export async function assumeRole(
  wish: RoleWish,
  post: (request: SignedPost) => Promise<{ status: number; text: string }>,
): Promise<RoleAnswer> {
  const { origin, host } = new URL(wish.url);
  const { path, headers } = signRpc(
    {
      host,
      action: ASSUME_ROLE,
      version: '2015-04-01',
      parameters: {
        RoleArn: wish.role,
        RoleSessionName: wish.sessionName,
        DurationSeconds: String(Math.floor(wish.durationMs / 1000)),
        ...(wish.externalId !== undefined && { ExternalId: wish.externalId }),
        ...(wish.policy !== undefined && { Policy: wish.policy }),
      },
      at: wish.at,
      nonce: randomUUID(),
    },
    wish.keys,
  );
  const accepting = { ...headers, accept: 'application/json' };
  const { status, text } = await post({ origin, host, path, headers: accepting });
  const body = parsed(text);
  const granted = status === 200 ? grantedSchema.safeParse(body).data : undefined;
  const { Code, RequestId } = refusedSchema.catch({ Code: '' }).parse(body);
  return { status, keys: granted ?? null, code: Code, requestId: RequestId };
}

const grantedSchema = z
  .looseObject({
    Credentials: z.looseObject({
      AccessKeyId: z.string().min(1),
      AccessKeySecret: z.string().min(1),
      SecurityToken: z.string().min(1),
      Expiration: z
        .string()
        .transform((text) => parseInstant(text))
        .pipe(z.number()),
    }),
  })
  .transform(({ Credentials: { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } }) => ({
    accessKeyId: AccessKeyId,
    accessKeySecret: AccessKeySecret,
    securityToken: SecurityToken,
    expiresAt: Expiration,
  }));

/** A code goes into messages as it is, so it is not trusted. */
const refusedSchema = z.looseObject({
  Code: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/)
    .catch(''),
  RequestId: z.string().optional().catch(undefined),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
