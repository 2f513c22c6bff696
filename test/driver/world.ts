/** A synthetic vendor, driven and judged: the one way in which driver tests run a session. */
import { readSession, sessionFolders, type SessionRecord } from '../../src/archive/read.ts';
import type { TruthLog } from '../../src/emulators/truth.ts';
import type { Traits } from '../../src/session/traits.ts';
import { judge, type Case } from '../referee/referee.ts';
import { syntheticVendor, type SyntheticVendor } from '../synthetic/vendor.ts';
import type { EmulatorCallbacks } from '../../src/emulators/outbox.ts';
import type { Vendor } from '../../src/recorders/registry.ts';
import { drive, type Drive, type Driven, type DriveOptions, type World } from './driver.ts';

export const START = Date.parse('2026-03-01T12:00:00Z');
export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface SyntheticRun extends Driven {
  record: SessionRecord;
  synthetic: SyntheticVendor;
  faults: string[];
}

export type Script = { at: number; do: (session: Drive, vendor: SyntheticVendor) => void }[];

export const CHANNEL = 'news';

export async function runSynthetic(
  traits: Partial<Traits>,
  options: Omit<DriveOptions, 'specification' | 'script'> & {
    specification?: Record<string, unknown>;
    script?: Script;
  },
  judged: Partial<Case> = {},
): Promise<SyntheticRun> {
  const synthetic = syntheticVendor(traits);
  const clock = { now: START };
  const { script, specification, ...rest } = options;
  const driven = await drive(
    { vendor: synthetic.vendor, account: { vendor: 'synthetic', secret: 'CANARY-synthetic' }, clock },
    {
      specification: {
        name: 'test',
        account: 'account',
        target: { channel: CHANNEL },
        window: { from: 'now', length: '1h' },
        ...specification,
      },
      script: (script ?? [{ at: 0, do: (_d, vendor) => vendor.source(CHANNEL, true, START) }]).map(
        (entry) => ({
          at: entry.at,
          do: (session) => entry.do(session, synthetic),
        }),
      ),
      ...rest,
    },
  );
  const one = await caseOf(driven, synthetic, clock.now, options, judged);
  const { record } = one;
  return { ...driven, record, synthetic, faults: judge(one) };
}

/** As the gateway does: what holds is read, and what does not is answered and forgotten. One session is there to be told. */
export function gatewayOf(
  { callbacks: scheme }: Vendor,
  account: Record<string, unknown>,
  callbacks: EmulatorCallbacks,
  now: () => number,
): NonNullable<World['callbacks']> {
  return {
    callbacks,
    read: ({ method, url, headers, body }) => {
      const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
      const { searchParams, host } = new URL(url);
      const query = Object.fromEntries(searchParams);
      const sent = { host, ...Object.fromEntries(lower) } as Record<string, string>;
      const request = { method, query, headers: sent, body: Buffer.from(body) };
      const reading = scheme!.read(account, { ...request, receivedAt: now() });
      const events = reading.verdict === 'genuine' ? reading.news.map(({ event }) => event) : [];
      const { status, body: said } = reading.reply ?? { status: 401, body: {} };
      return { events, answer: { status, body: JSON.stringify(said) } };
    },
  };
}

/** What the referee judges: the whole truth up to now beside what the session has left in the archive. */
export async function caseOf(
  driven: Driven,
  vendor: { settle(now: number): void; truth: TruthLog },
  now: number,
  { looks }: Pick<DriveOptions, 'looks'>,
  judged: Partial<Case>,
): Promise<Case> {
  vendor.settle(now);
  return {
    sessionId: driven.header.sessionId,
    truth: vendor.truth.entries,
    record: await recordOf(driven),
    closedAt: driven.result ? driven.endedAt : null,
    now,
    lookMs: looks?.everyMs ?? 60_000,
    ...judged,
  };
}

export async function recordOf(driven: Driven): Promise<SessionRecord> {
  const [folder] = await sessionFolders(driven.archive, driven.header.key);
  const record = folder === undefined ? undefined : await readSession(driven.archive, folder);
  if (!record) throw new Error('The session left nothing in the archive.');
  return record;
}
