/** One pass: what of ours goes on at each account's vendor, and whether a session has it. */
import { archivedKeys, readSession, sessionFolders } from '../archive/read.ts';
import type { Archive } from '../archive/archive.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { partsOfKey, targetKey } from '../contract/keys.ts';
import { several } from '../contract/several.ts';
import { VendorFailure, type Running } from '../recorders/recorder.ts';
import type { TakeName } from '../session/facts.ts';
import { keeperOf, ownerOf, type Owned } from './owner.ts';
import { unownedSince, type Pass } from './passes.ts';
import type { Finding, Problem, Surroundings, SweptAccount, SweptAccountView } from './types.ts';

/** So many questions are under way at a time: a thousand recordings must not take the server for themselves. */
export const AT_ONCE = 20;

type Data = Record<string, unknown>;

/** A finding with all that it takes to ask again, and to stop it. */
export interface Candidate {
  finding: Finding;
  name: TakeName;
  running: Running<Data>;
  account: SweptAccount;
  owned: Owned;
}

export interface Round {
  at: number;
  candidates: Candidate[];
  accounts: SweptAccountView[];
}

/** Whose it is, and where its session's lock is. */
type Claimed = Pick<Candidate, 'name' | 'running'> & { key: string };

/** @param ours installations whose recordings count as ours. @throws KeepRollingError E_SERVER_UNREACHABLE */
export async function round(world: Surroundings, ours: string[], before: Pass | null): Promise<Round> {
  const at = world.now();
  const swept = await Promise.all(
    world.accounts.map(async (account) => await sweptAccount(world, account, ours)),
  );
  const all = swept.flatMap(({ account, claimed }) => claimed.map((one) => ({ account, one })));
  const candidates = await several(
    all,
    AT_ONCE,
    async ({ account, one }) => await candidateOf(world, account, one, before, at),
  );
  return { at, candidates, accounts: swept.map(({ view }) => view) };
}

interface Swept {
  account: SweptAccount;
  claimed: Claimed[];
  view: SweptAccountView;
}

async function sweptAccount(world: Surroundings, account: SweptAccount, ours: string[]): Promise<Swept> {
  const { name, vendor, context } = account;
  const { lists } = vendor.recorder;
  const view: SweptAccountView = {
    account: name,
    vendor: vendor.contract.vendor,
    lists,
    ofOthers: 0,
    foreign: 0,
    problem: 'code' in context ? context : null,
  };
  if (view.problem || lists === 'none') return { account, claimed: [], view };
  try {
    const claimed =
      lists === 'account' ? await byName(account, ours, view) : await byLedger(world, account, ours, view);
    return { account, claimed, view };
  } catch (error) {
    return { account, claimed: [], view: { ...view, problem: problemOf(error) } };
  }
}

/** Where the vendor keeps our names, they say whose a recording is. */
async function byName(
  { name: account, vendor: { contract, recorder }, context }: SweptAccount,
  ours: string[],
  view: SweptAccountView,
): Promise<Claimed[]> {
  if ('code' in context) return [];
  const claimed: Claimed[] = [];
  for (const running of (await recorder.recordings?.(context, [])) ?? []) {
    const { name, target } = running;
    if (name === null) view.foreign += 1;
    else if (!ours.includes(name.installation)) view.ofOthers += 1;
    else claimed.push({ name, running, key: targetKey(contract.vendor, account, contract.keyParts(target)) });
  }
  return claimed;
}

/** Where it keeps none, a recording is ours if one of our ledgers has it. */
async function byLedger(
  { archive, installation }: Surroundings,
  { name: account, vendor: { contract, recorder }, context }: SweptAccount,
  ours: string[],
  view: SweptAccountView,
): Promise<Claimed[]> {
  if ('code' in context || archive === null) return [];
  const keys = await archivedKeys(archive, targetKey(contract.vendor, account, []));
  const known = keys.flatMap((key) => {
    const parts = partsOfKey(key);
    return parts && contract.targetOf ? [contract.targetOf(parts)] : [];
  });
  const claimed: Claimed[] = [];
  for (const running of (await recorder.recordings?.(context, known)) ?? []) {
    const key = targetKey(contract.vendor, account, contract.keyParts(running.target));
    const take = await takeInLedgers(archive, key, running.recording);
    if (take === null) view.foreign += 1;
    else if (!ours.includes(take.installation ?? installation)) view.ofOthers += 1;
    else {
      const name = {
        ...take,
        installation: take.installation ?? installation,
        nonce: '',
        at: running.since ?? 0,
      };
      claimed.push({ name, running, key });
    }
  }
  return claimed;
}

/** The latest session of the target that has recorded this. @throws KeepRollingError E_ARCHIVE_UNREADABLE */
async function takeInLedgers(
  archive: Archive,
  key: string,
  recording: string,
): Promise<(Pick<TakeName, 'sessionId' | 'take'> & { installation: string | undefined }) | null> {
  for (const folder of (await sessionFolders(archive, key)).toReversed()) {
    const record = await readSession(archive, folder);
    const take = record?.takes.findLast((one) => one.recording === recording);
    if (!record || !take) continue;
    const { sessionId, installation } = record.header;
    return { sessionId, take: take.number, installation };
  }
  return null;
}

async function candidateOf(
  world: Surroundings,
  account: SweptAccount,
  { name, running, key }: Claimed,
  before: Pass | null,
  at: number,
): Promise<Candidate> {
  const { recording, since, state } = running;
  const owned = await ownedNow(world, { account, name, running, key });
  const bare: Finding = {
    account: account.name,
    key: owned.key,
    recording,
    installation: name.installation,
    sessionId: name.sessionId,
    take: name.take,
    since: since === null ? null : new Date(since).toISOString(),
    vendorState: state,
    state: owned.state,
    session: wordFor(owned, name.sessionId),
    unownedSince: null,
    stopped: null,
    problem: null,
  };
  if (owned.state === 'session-open') return { finding: bare, name, running, account, owned };
  const unowned = unownedSince(before, bare) ?? at;
  const finding = { ...bare, unownedSince: new Date(unowned).toISOString() };
  return { finding, name, running, account, owned };
}

/** Asked at each pass and once more before a stop. @throws KeepRollingError E_SERVER_UNREACHABLE */
export async function ownedNow(
  { sessions }: Surroundings,
  { account, name, running, key }: Pick<Candidate, 'account' | 'name' | 'running'> & { key: string },
): Promise<Owned> {
  if (account.vendor.recorder.lists === 'target') return await keeperOf(sessions, key);
  const { sessionId, take } = name;
  return await ownerOf(sessions, { key, sessionId, take, recording: running.recording });
}

function wordFor({ lock }: Owned, sessionId: string): string | null {
  if (lock?.sessionId !== sessionId) return null;
  return lock.outcome ?? lock.status;
}

/** A recorder's failures hold no secret, nor do our own; what else is thrown is not quoted. */
export function problemOf(error: unknown): Problem {
  if (error instanceof VendorFailure) return { code: error.failure.code, text: error.failure.message };
  if (error instanceof KeepRollingError) return { code: error.code, text: error.message };
  const what = error instanceof Error ? error.name : 'something unknown';
  return { code: 'E_INTERNAL', text: `It failed in an unexpected way (${what}).` };
}
