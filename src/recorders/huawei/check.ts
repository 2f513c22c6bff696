/** Can this account do what a session needs? Lines for `keeprolling doctor`; nothing is written. */
import { VendorFailure, type Check } from '../recorder.ts';
import { apiOf, QUICK, type HuaweiContext, type HuaweiSubject } from './handle.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { notificationOf } from './setup.ts';

export async function check(context: HuaweiContext, subject?: HuaweiSubject): Promise<Check[]> {
  const api = apiOf(context);
  const { callbacks } = context.account;
  const how = { ...QUICK, ...(context.signal && { signal: context.signal }) };
  const domain = subject?.target.publishDomain ?? callbacks?.domains?.[0];
  const place = domain === undefined ? {} : { publish_domain: domain };
  const lines = [
    await tried('recording rules can be read', OPERATIONS.listRules, async () => {
      const { rules, total = rules.length } = await api.listRules({ ...place, limit: 1 }, how);
      return `${total} rule${total === 1 ? '' : 's'}${domain === undefined ? '' : ` of ${domain}`}`;
    }),
  ];
  if (domain !== undefined) {
    lines.push(
      await tried('streams can be seen', OPERATIONS.listStreams, async () => {
        const { streams, total = streams.length } = await api.listStreams(
          { publish_domain: domain, limit: 1 },
          how,
        );
        return `${total} online at ${domain}`;
      }),
    );
  }
  if (callbacks) {
    lines.push(
      await tried('record callbacks can be read', OPERATIONS.listCallbacks, async () => {
        const { callbacks: found, total = found.length } = await api.listCallbacks(
          { ...place, limit: 1 },
          how,
        );
        return `${total} configuration${total === 1 ? '' : 's'}`;
      }),
    );
  }
  if (callbacks && domain !== undefined) {
    lines.push(
      await tried('stream notifications can be read', OPERATIONS.getNotification, async () => {
        const found = await notificationOf(context, domain);
        return `${found.url === undefined ? 'none' : 'one'} of ${domain}`;
      }),
    );
  }
  return [...lines, untried(domain)];
}

async function tried(what: string, { permission }: Operation, read: () => Promise<string>): Promise<Check> {
  try {
    return { what, ok: true, detail: `${await read()} (${permission})` };
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    const { code, message } = error.failure;
    return { what, ok: false, detail: message, remedy: remedyFor(code, permission) };
  }
}

function remedyFor(code: string, permission = ''): string {
  switch (code) {
    case 'E_VENDOR_AUTH':
      return `Check the keys, projectId and region of the account, this machine's clock, and that its IAM user has ${permission}.`;
    case 'E_VENDOR_REFUSED':
      return 'Check projectId and region (or url) of the account, its bill, and that the ingest domain belongs to it.';
    case 'E_VENDOR_THROTTLED':
      return 'Something else spends the calls of this user: look for it, or let it go by another user.';
    case 'E_VENDOR_UNREACHABLE':
    case 'E_VENDOR_UNANSWERED':
      return 'Check that the worker may reach the Internet (or url of the account).';
    default:
      return 'Try again later.';
  }
}

/** What changes something is not tried. */
const WRITES = [
  OPERATIONS.start,
  OPERATIONS.createRule,
  OPERATIONS.deleteRule,
  OPERATIONS.createCallback,
  OPERATIONS.updateCallback,
  OPERATIONS.deleteCallback,
  OPERATIONS.putNotification,
  OPERATIONS.deleteNotification,
].map(({ permission }) => permission);

function untried(domain: string | undefined): Check {
  const streams =
    domain === undefined
      ? ` and, since no ingest domain is known here, ${OPERATIONS.listStreams.permission}`
      : '';
  return {
    what: 'what cannot be tried without changing anything',
    ok: true,
    detail: `an IAM user also needs ${WRITES.join(', ')}${streams}; the account itself must let Live write to the bucket`,
  };
}
