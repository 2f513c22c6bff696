/** Who may do what: keys of users, roles, and the sessions that were minted of them. Controls change it at any time. */
import { createHash } from 'node:crypto';
import type { CloudEmulatorOptions, CloudRole } from './options.ts';

export interface Session {
  accessKey: string;
  secretKey: string;
  token: string;
  /** ARN of its role. */
  role: string;
  mintedAt: number;
  expiresAt: number;
  /** A session policy: what it does not allow is denied, whatever the role may. */
  policy: Statement[] | null;
}

export interface Statement {
  allow: boolean;
  actions: string[];
  resources: string[];
}

/** Whoever signed a request. */
export interface Caller {
  /** An access key of a user, or the ARN of a role. */
  principal: string;
  secretKey: string;
  session: Session | null;
}

export type Recognised = { caller: Caller } | { refused: 'unknown-key' | 'bad-token' | 'expired' };
export type Access = 'read' | 'write';

interface Denial {
  bucket: string;
  /** All callers without it. */
  principal: string | undefined;
  /** Both without it. */
  access: Access | undefined;
}

const HOUR_MS = 3_600_000;
/** So long after its end a session is still known, and its keys are answered with "expired". */
const REMEMBERED_MS = 24 * HOUR_MS;

export class Identities {
  readonly roles = new Map<string, CloudRole>();
  readonly denials: Denial[] = [];
  readonly #keys: CloudEmulatorOptions['keys'];
  readonly #sessions = new Map<string, Session>();
  readonly #disabled = new Set<string>();
  /** Sessions of a role that were minted before this instant may do nothing. */
  readonly #revokedUntil = new Map<string, number>();
  readonly #seed: number;
  #counter = 0;

  constructor({ keys, roles = [], seed = 1 }: CloudEmulatorOptions) {
    this.#keys = keys;
    this.#seed = seed;
    for (const role of roles) this.roles.set(role.arn, { ...role });
  }

  recognise(accessKey: string, token: string | undefined, now: number): Recognised {
    if (this.#disabled.has(accessKey)) return { refused: 'unknown-key' };
    const session = this.#sessions.get(accessKey);
    if (session) {
      if (token !== session.token) return { refused: 'bad-token' };
      if (now >= session.expiresAt) return { refused: 'expired' };
      return { caller: { principal: session.role, secretKey: session.secretKey, session } };
    }
    const key = this.#keys.find((one) => one.accessKey === accessKey);
    if (!key) return { refused: 'unknown-key' };
    if (token !== undefined) return { refused: 'bad-token' };
    return { caller: { principal: accessKey, secretKey: key.secretKey, session: null } };
  }

  mayUse(
    { principal, session }: Caller,
    access: Access,
    action: string,
    bucket: string,
    key: string,
  ): boolean {
    const own = session
      ? this.roles.get(session.role)?.buckets
      : this.#keys.find((one) => one.accessKey === principal)?.buckets;
    if (session && !this.roles.has(session.role)) return false;
    if (own && !own.includes(bucket)) return false;
    if (session && session.mintedAt <= (this.#revokedUntil.get(session.role) ?? -1)) return false;
    const denied = this.denials.some(
      (one) =>
        one.bucket === bucket &&
        (one.principal ?? principal) === principal &&
        (one.access ?? access) === access,
    );
    return !denied && isAllowed(session?.policy ?? null, action, `arn:aws:s3:::${bucket}${key && `/${key}`}`);
  }

  mint(role: string, policy: Statement[] | null, now: number, lifeMs: number): Session {
    this.#counter += 1;
    const part = (what: string): string =>
      createHash('sha256').update(`${this.#seed} ${this.#counter} ${what}`).digest('base64');
    const session: Session = {
      accessKey: `ASIA${part('key')
        .replace(/[^A-Za-z0-9]/g, '')
        .toUpperCase()
        .slice(0, 16)}`,
      secretKey: part('secret').slice(0, 40),
      token: [1, 2, 3, 4].map((n) => part(`token ${n}`)).join(''),
      role,
      mintedAt: now,
      // AWS tells whole seconds.
      expiresAt: Math.floor((now + lifeMs) / 1000) * 1000,
      policy,
    };
    for (const [key, { expiresAt }] of this.#sessions) {
      if (expiresAt + REMEMBERED_MS < now) this.#sessions.delete(key);
    }
    this.#sessions.set(session.accessKey, session);
    return session;
  }

  /** A key that is disabled, or all sessions that a role has until now. */
  revoke(what: { accessKey: string } | { role: string }, now: number): void {
    if ('accessKey' in what) this.#disabled.add(what.accessKey);
    else this.#revokedUntil.set(what.role, now);
  }

  enable(accessKey: string): void {
    this.#disabled.delete(accessKey);
  }

  /** Without anything secret. */
  sessions(): Pick<Session, 'accessKey' | 'role' | 'mintedAt' | 'expiresAt'>[] {
    return [...this.#sessions.values()].map(({ accessKey, role, mintedAt, expiresAt }) => ({
      accessKey,
      role,
      mintedAt,
      expiresAt,
    }));
  }
}

/** A policy as far as sessions of recorders use it: effect, action and resource with `*`. @throws where it is none */
export function readPolicy(text: string): Statement[] {
  const document = JSON.parse(text) as { Statement?: unknown };
  const statements = [document.Statement ?? []].flat() as Record<string, unknown>[];
  if (statements.length === 0) throw new Error('no statement');
  return statements.map(({ Effect, Action, Resource }) => {
    if ((Effect !== 'Allow' && Effect !== 'Deny') || Action === undefined || Resource === undefined)
      throw new Error('a statement without effect, action or resource');
    return {
      allow: Effect === 'Allow',
      actions: [Action].flat() as string[],
      resources: [Resource].flat() as string[],
    };
  });
}

function isAllowed(policy: Statement[] | null, action: string, resource: string): boolean {
  if (policy === null) return true;
  const matching = policy.filter(
    ({ actions, resources }) =>
      actions.some((one) => isLike(one, action)) && resources.some((one) => isLike(one, resource)),
  );
  return matching.length > 0 && matching.every(({ allow }) => allow);
}

function isLike(pattern: string, text: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  return new RegExp(`^${source}$`).test(text);
}
