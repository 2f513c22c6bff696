/**
 * What records at the vendors under this installation's id and has no session. Only what two passes, far enough apart, saw
 * without one is stopped, and only after one more question.
 */
import type { Archive } from '../archive/archive.ts';
import { sessionFolders } from '../archive/read.ts';
import { writeSwept, type Swept } from '../archive/swept.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { VendorFailure } from '../recorders/recorder.ts';
import { ownedNow, problemOf, round, type Candidate, type Round } from './find.ts';
import { APART_MS, latestPass, rememberPass, type Pass } from './passes.ts';
import type { Problem, Surroundings, Sweep, SweepOptions, Unproved } from './types.ts';
import { unprovedSessions } from './unproved.ts';

/**
 * One pass, which reports; with `stop` two of them.
 * @throws KeepRollingError E_SERVER_UNREACHABLE, since nothing can be compared then; E_INSTALLATION_ALIVE where what was to be
 * adopted still runs; E_ARCHIVE_UNREADABLE and E_ARCHIVE_UNWRITABLE where the first pass cannot be kept
 */
export async function sweep(world: Surroundings, options: SweepOptions = {}): Promise<Sweep> {
  const { adopt = null, stop = false } = options;
  const ours = adopt === null ? [world.installation] : [world.installation, adopt];
  const archive = stop && !options.wait ? world.archive : null;
  const before = archive && (await latestPass(archive, world.installation));
  let seen = await passOf(world, ours, adopt, before);
  if (stop && archive === null && unownedIn(seen.found).length > 0) {
    options.onFirstPass?.(await sweepOf(world, seen, adopt, true));
    // A timer may end a moment early.
    await world.sleep(APART_MS + 1_000);
    seen = await passOf(world, ours, adopt, seen.pass);
  }
  // Before anything is stopped: an end of this process must not cost the first pass.
  if (archive) await rememberPass(archive, seen.pass, before);
  const { found } = seen;
  if (stop) for (const one of unownedIn(found)) await stopIfDue(world, one, found.at);
  return await sweepOf(world, seen, adopt, stop);
}

async function sweepOf(
  world: Surroundings,
  { found, pass }: Seen,
  adopted: string | null,
  stop: boolean,
): Promise<Sweep> {
  return {
    at: new Date(found.at).toISOString(),
    installation: world.installation,
    adopted,
    findings: found.candidates.map(({ finding }) => finding),
    ...(await unprovedIn(world, found)),
    accounts: found.accounts,
    nextAt: stop ? nextAt(found, pass) : null,
  };
}

interface Seen {
  found: Round;
  pass: Pass;
}

async function passOf(
  world: Surroundings,
  ours: string[],
  adopt: string | null,
  before: Pass | null,
): Promise<Seen> {
  const found = await round(world, ours, before);
  const isSame = (before?.adopted?.installation ?? null) === adopt;
  const since = isSame ? before?.adopted?.since : undefined;
  if (adopt !== null) refuseIfAlive(found, adopt, since);
  return {
    found,
    pass: {
      format: 'keeprolling/sweep/1',
      installation: world.installation,
      at: found.at,
      adopted: adopt === null ? null : { installation: adopt, since: since ?? found.at },
      unowned: [
        ...unownedIn(found).map(asSeen), // What was adopted before, and is not now, starts anew.
        ...unseenNow(found, isSame ? before : null),
      ],
    },
  };
}

function asSeen({ finding }: Candidate): Pass['unowned'][number] {
  const { account, recording, unownedSince } = finding;
  return { account, recording, since: Date.parse(unownedSince!) };
}

/** An account that was left out, or could not be reached, has been told nothing new about. */
function unseenNow({ accounts }: Round, before: Pass | null): Pass['unowned'] {
  const asked = new Set(accounts.filter(({ problem }) => problem === null).map(({ account }) => account));
  return (before?.unowned ?? []).filter(({ account }) => !asked.has(account));
}

function unownedIn({ candidates }: Round): Candidate[] {
  return candidates.filter(({ finding }) => finding.state !== 'session-open');
}

/**
 * An installation is lost when nobody runs it. That it runs is seen by a session of its own that is open here, by one on
 * queues of others at its target, and by a recording that it began after the first pass.
 * @throws KeepRollingError E_INSTALLATION_ALIVE
 */
function refuseIfAlive({ candidates }: Round, adopt: string, since: number | undefined): void {
  for (const { finding, name, owned } of candidates) {
    if (name.installation !== adopt) continue;
    const { key, recording, account, state, sessionId } = finding;
    const of = `${recording} of account ${account}`;
    if (state !== 'no-session') throw alive(adopt, `its session ${sessionId} is open (${key})`, finding);
    if (owned.lock?.open && !owned.lock.onOurQueues)
      throw alive(adopt, `another installation of this namespace records ${key}, which may be it`, finding);
    if (since !== undefined && name.at > since)
      throw alive(adopt, `it began ${of} after the first pass`, finding);
  }
}

function alive(
  adopt: string,
  why: string,
  { key, recording, sessionId }: Candidate['finding'],
): KeepRollingError {
  return new KeepRollingError(
    'E_INSTALLATION_ALIVE',
    `Installation ${adopt} is not lost: ${why}. Nothing was adopted or stopped.`,
    { installation: adopt, key, recording, sessionId },
  );
}

/** @param at when this pass began: what it saw may be of then */
async function stopIfDue(world: Surroundings, candidate: Candidate, at: number): Promise<void> {
  const { finding, name, running, account, owned } = candidate;
  const { context, vendor } = account;
  if (Date.parse(finding.unownedSince!) + APART_MS > at || 'code' in context) return;
  const { contract, recorder } = vendor;
  try {
    const now = await ownedNow(world, { account, name, running, key: owned.key });
    if (now.state === 'session-open') {
      Object.assign(finding, { state: now.state, unownedSince: null });
      return;
    }
    const subject = { target: running.target, options: contract.options.parse({}) };
    const take = { take: name.take, name, handle: running.handle };
    const stopped = await recorder.stop(context, subject, take);
    finding.stopped = { at: new Date(stopped.at).toISOString(), how: stopped.how };
    await tellLedger(world.archive, finding, stopped);
  } catch (error) {
    finding.problem = toldBy(error);
  }
}

/** The session's own account of itself ends before this. An archive that does not take it undoes no stop. */
async function tellLedger(
  archive: Archive | null,
  { key, sessionId, take, recording }: Candidate['finding'],
  { at, how }: Pick<Swept, 'at' | 'how'>,
): Promise<void> {
  if (archive === null) return;
  try {
    const folders = await sessionFolders(archive, key);
    const own = folders.find((folder) => folder.endsWith(`/${sessionId}`));
    if (own !== undefined) await writeSwept(archive, own, { take, recording, at, how });
  } catch {
    // What it says is in this sweep's answer as well.
  }
}

function toldBy(error: unknown): string {
  const { text } = problemOf(error);
  return error instanceof VendorFailure ? `${text} (${error.failure.who} must act)` : text;
}

/** When the latest of what is left over may be stopped. */
function nextAt({ candidates }: Round, { at }: Pass): string | null {
  const left = candidates.filter(({ finding }) => finding.unownedSince !== null && finding.stopped === null);
  if (left.length === 0) return null;
  const due = Math.max(at, ...left.map(({ finding }) => Date.parse(finding.unownedSince!) + APART_MS));
  return new Date(due).toISOString();
}

/** An archive that cannot be read must not keep what was found from being told. */
async function unprovedIn(
  world: Surroundings,
  { accounts }: Round,
): Promise<{ unproved: Unproved[]; archiveProblem: Problem | null }> {
  try {
    return { unproved: await unprovedSessions(world, accounts), archiveProblem: null };
  } catch (error) {
    if (error instanceof KeepRollingError && error.code === 'E_SERVER_UNREACHABLE') throw error;
    return { unproved: [], archiveProblem: problemOf(error) };
  }
}
