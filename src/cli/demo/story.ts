/** The demo's minute: a session on every vendor is driven through their lives by the public client and the CLI alone. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { Client, SessionHandle, SessionStatus } from '../../client/types.ts';
import { clock } from '../render/text.ts';
import type { Screen } from './screen.ts';
import type { Player, Stage } from './stage.ts';

export interface Told {
  player: Player;
  handle: SessionHandle;
}

/** How often the storage credentials must have been seen to change. */
const REFRESHES = 2;
/** A worker that dies in the middle of a write is waited for half a minute: a story for another day. */
const CALM_MS = 1_500;

interface Teller {
  stage: Stage;
  client: Client;
  show: Screen;
  zone: string;
  signal: AbortSignal;
  say: (text: string) => void;
  pause: (ms: number) => Promise<void>;
  cli: (...args: string[]) => Promise<void>;
}

/** @returns the sessions, which have ended */
export async function tell(
  stage: Stage,
  client: Client,
  show: Screen,
  zone: string,
  signal: AbortSignal,
): Promise<Told[]> {
  const begun = Date.now();
  const say = (text: string): void =>
    show.line(`${((Date.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${text}`);
  const cli = async (...args: string[]): Promise<void> => {
    const { code, output } = await stage.cli(args);
    const shown = args.map((arg) => (arg.endsWith('.yaml') ? arg.replace(/^.*[\\/]/, '') : arg)).join(' ');
    say(`$ keeprolling ${shown}${code === 0 ? '' : `   (exit ${code})`}`);
    if (code !== 0) throw new Error(output);
  };
  const pause = async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal });
  };
  return await story({ stage, client, show, zone, signal, say, pause, cli });
}

async function story(teller: Teller): Promise<Told[]> {
  const { stage, show, signal, say, pause, cli } = teller;
  const { own, service, others } = stage;
  const players = [own, service, ...others];
  const first = own.specification.name;

  for (const player of [own, service]) arrive(teller, player);
  let worker: ChildProcess = await stage.startWorker();
  say(`a worker runs as process ${worker.pid}`);
  const file = stage.data.write('demo.yaml', documents(players));
  await cli('validate', file);
  await cli('start', '--plan', file);

  const one = await begin(teller, own);
  const two = await begin(teller, service);
  const rest = await Promise.all(others.map(async (player) => await begin(teller, player)));
  // What a take needs in the account must be there before the encoder: it counts for pushes that begin after it.
  for (const each of rest) await prepared(teller, each);
  for (const { player } of rest) arrive(teller, player);

  await untilObserved(teller, one);
  await pause(3000);
  for (const each of rest) await untilObserved(teller, each);

  await cli('pause', first, '--by', 'director', '--reason', 'sponsor');
  for (const { player } of rest) drop(teller, player);
  await pause(4000);
  await one.handle.resume({ by: 'director' });
  say(`client: resume ${first}, by director`);
  for (const { player } of rest) arrive(teller, player);
  await pause(5000);
  for (const each of rest) await recordsAgain(teller, each);

  drop(teller, own);
  await pause(5000);
  own.sourceControl('source.start');
  say(`the source of ${first} is back: the record and its take have survived`);
  await untilObserved(teller, two);
  await pause(5000);

  const all = [one, two, ...rest];
  await Promise.all(all.map(async ({ handle }) => await until(handle, signal, isCalm)));
  worker.kill('SIGKILL');
  say(`SIGKILL to worker ${worker.pid}: all recorders go on, nobody looks`);
  await pause(3000);
  worker = await stage.startWorker();
  say(`a new worker runs as process ${worker.pid}, and all sessions go on`);
  await pause(5000);

  own.control('restart', { kill: true, downMs: 2000 });
  say(`the recorder of ${first} crashes: it forgets the record, and the open file is lost`);
  await until(one.handle, signal, ({ view }) =>
    view?.takes.some((take) => take.number === 3 && take.evidence === 'observed'),
  );
  say(`a third take of ${first} records`);
  await pause(5000);
  await until(two.handle, signal, () => two.refreshes() >= REFRESHES);

  await cli('stop', first, '--by', 'demo', '--reason', 'enough seen');
  const still = all.slice(1);
  await Promise.all(
    still.map(async ({ handle }) => await handle.stop({ by: 'demo', reason: 'enough seen' })),
  );
  say(`client: stop ${still.map(({ player }) => player.specification.name).join(', ')}, by demo`);
  for (const { player, handle } of all) {
    const { outcome, verdict, takes } = await unlessAborted(handle.result(), signal);
    const many = takes === 1 ? '1 take' : `${takes} takes`;
    say(`${player.specification.name} is released: ${outcome}, ${verdict}, ${many}`);
  }
  // Some make their last file only when the encoder has gone.
  for (const { player } of rest) player.sourceControl('source.stop');
  await Promise.all(all.map(async ({ watched }) => await watched));
  show.freeze();
  return all.map(({ player, handle }) => ({ player, handle }));
}

function arrive({ say }: Teller, player: Player): void {
  player.sourceControl('source.start');
  say(`${player.arrival}: the source of ${player.specification.name} is up`);
}

function drop({ say }: Teller, player: Player): void {
  player.sourceControl('source.stop');
  say(`the source of ${player.specification.name} drops`);
}

async function untilObserved({ say, signal }: Teller, { player, handle }: Running): Promise<void> {
  const { view } = await until(
    handle,
    signal,
    (status) => status.view?.takes.at(-1)?.evidence === 'observed',
  );
  say(`the start of ${player.specification.name} is proved: ${view?.takes.at(-1)?.recording ?? ''}`);
}

/** What was made in the account is told by the session; one that needs nothing there says so by its status. */
async function prepared({ say, signal }: Teller, { player, handle }: Running): Promise<void> {
  const { view } = await until(handle, signal, (status) =>
    status.view?.log.some(({ text }) => text.includes("vendor's account")),
  );
  const made = (view?.accountChanges ?? []).map(({ action, what, where }) => `${action} ${what} of ${where}`);
  const { name } = player.specification;
  say(`${name}: ${made.length === 0 ? "what it needs in the vendor's account is there" : made.join(', ')}`);
}

async function recordsAgain({ say, signal }: Teller, { player, handle }: Running): Promise<void> {
  const { view } = await until(handle, signal, (status) =>
    status.view?.takes.some(({ status: is, actual }) => is === 'open' && RECORDS.has(actual ?? '')),
  );
  const take = view?.takes.at(-1)?.number ?? 1;
  const how = take === 1 ? 'the same take goes on' : `take ${take} records`;
  say(`${player.specification.name} is back: ${how}`);
}

const RECORDS = new Set(['recording', 'presumed']);

interface Running extends Told {
  /** Until it has ended. */
  watched: Promise<void>;
  refreshes(): number;
}

async function begin({ client, show, zone, signal, say }: Teller, player: Player): Promise<Running> {
  const { name } = player.specification;
  const { handle, sessionId } = await client.start(player.specification);
  say(`client.start → ${name}, session ${sessionId}`);
  const credentials = credentialsTold(name, zone, say);
  const watched = watch(handle, signal, (status) => {
    credentials.learn(status);
    show.status(status);
  });
  // Whoever waits gets the error; that nobody waits yet is no crash.
  watched.catch(() => undefined);
  return { player, handle, watched, refreshes: credentials.refreshes };
}

async function watch(
  handle: SessionHandle,
  signal: AbortSignal,
  learn: (status: SessionStatus) => void,
): Promise<void> {
  for (;;) {
    const status = await handle.status();
    learn(status);
    if (status.ended) return;
    await sleep(500, undefined, { signal });
  }
}

/** Tells each time that a take has other storage credentials than before, by what everybody can see of them. */
export function credentialsTold(name: string, zone: string, say: (text: string) => void) {
  let known: string | null = null;
  let refreshes = 0;
  return {
    refreshes: () => refreshes,
    learn({ view }: Pick<SessionStatus, 'view'>): void {
      const take = view?.takes.findLast((one) => one.credentialsSince !== null);
      if (!take?.credentialsSince || !take.credentialsUntil || take.credentialsSince === known) return;
      const what = known === null ? 'minted' : 'refreshed';
      if (known !== null) refreshes += 1;
      known = take.credentialsSince;
      const since = clock(known, zone);
      say(
        `storage credentials of ${name} ${what} at ${since}, proved by a write: until ${clock(take.credentialsUntil, zone)}`,
      );
    },
  };
}

/** No write is under way, and none is about to be. */
function isCalm({ view }: SessionStatus): boolean {
  if (!view || view.lane !== null) return false;
  return view.next.every(({ what, at }) => what !== 'refresh' || Date.parse(at) - Date.now() > CALM_MS);
}

/** @throws when the signal comes first */
async function unlessAborted<T>(wanted: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return await Promise.race([wanted, aborted]);
}

/** As one file, which may hold several documents. */
function documents(players: Player[]): string {
  return players.map(({ specification }) => stringify(specification)).join('---\n');
}

async function until(
  handle: SessionHandle,
  signal: AbortSignal,
  holds: (status: SessionStatus) => boolean | undefined,
): Promise<SessionStatus> {
  for (let waited = 0; waited < 60_000; waited += 250) {
    const status = await handle.status();
    if (holds(status)) return status;
    await sleep(250, undefined, { signal });
  }
  throw new Error('A session did not get where the demo expects it within a minute.');
}
