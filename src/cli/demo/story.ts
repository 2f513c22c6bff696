/** The demo's minute: two sessions are driven through their lives by the public client and the CLI alone. */
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
  const { own, service } = stage;
  const [first, second] = [own.specification.name, service.specification.name];

  for (const player of [own, service]) {
    player.sourceControl('source.start');
    say(`${player.arrival}: the source of ${player.specification.name} is up`);
  }
  let worker: ChildProcess = await stage.startWorker();
  say(`a worker runs as process ${worker.pid}`);
  const file = stage.data.write('demo.yaml', documents([own, service]));
  await cli('validate', file);

  const one = await begin(teller, own);
  const two = await begin(teller, service);

  const proved = await until(one.handle, signal, ({ view }) => view?.takes[0]?.evidence === 'observed');
  say(`the start of ${first} is proved: ${proved.view?.takes[0]?.recording ?? ''}`);
  await pause(6000);

  await cli('pause', first, '--by', 'director', '--reason', 'sponsor');
  await pause(4000);
  await one.handle.resume({ by: 'director' });
  say(`client: resume ${first}, by director`);
  await pause(5000);

  own.sourceControl('source.stop');
  say(`the source of ${first} drops`);
  await pause(5000);
  own.sourceControl('source.start');
  say(`the source of ${first} is back: the record and its take have survived`);
  const shown = await until(two.handle, signal, ({ view }) => view?.takes[0]?.evidence === 'observed');
  say(`the start of ${second} is proved by its first file: ${shown.view?.takes[0]?.recording ?? ''}`);
  await pause(5000);

  await Promise.all([one, two].map(async ({ handle }) => await until(handle, signal, isCalm)));
  worker.kill('SIGKILL');
  say(`SIGKILL to worker ${worker.pid}: both recorders go on, nobody looks`);
  await pause(3000);
  worker = await stage.startWorker();
  say(`a new worker runs as process ${worker.pid}, and both sessions go on`);
  await pause(5000);

  own.control('restart', { kill: true, downMs: 2000 });
  say(`the recorder of ${first} crashes: it forgets the record, and the open file is lost`);
  await until(one.handle, signal, ({ view }) =>
    view?.takes.some((take) => take.number === 3 && take.evidence === 'observed'),
  );
  say(`a third take of ${first} records`);
  await pause(5000);
  await until(two.handle, signal, () => two.refreshes() >= REFRESHES);

  await Promise.all(
    [first, second].map((name) => cli('stop', name, '--by', 'demo', '--reason', 'enough seen')),
  );
  for (const { player, handle } of [one, two]) {
    const { outcome, verdict, takes } = await unlessAborted(handle.result(), signal);
    const many = takes === 1 ? '1 take' : `${takes} takes`;
    say(`${player.specification.name} is released: ${outcome}, ${verdict}, ${many}`);
  }
  await Promise.all([one.watched, two.watched]);
  show.freeze();
  return [one, two];
}

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
