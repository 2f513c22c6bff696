/** The demo's minute: a session is driven through its life by the public client and the CLI alone. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { Client, SessionHandle, SessionStatus } from '../../client/types.ts';
import type { Specification } from '../../contract/specification.ts';
import type { SessionResult } from '../../session/events.ts';
import type { Screen } from './screen.ts';
import type { Stage } from './stage.ts';

export interface Told {
  handle: SessionHandle;
  result: SessionResult;
}

export async function tell(stage: Stage, client: Client, show: Screen, signal: AbortSignal): Promise<Told> {
  const begun = Date.now();
  const say = (text: string): void =>
    show.line(`${((Date.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${text}`);
  const pause = async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal });
  };

  const specification: Specification = {
    name: 'demo-cam1',
    owner: 'demo',
    account: stage.account,
    target: stage.target,
    window: { from: 'now', length: '10m' },
  };
  const file = stage.data.write('cam1.yaml', stringify(specification));
  const cli = async (...args: string[]): Promise<void> => {
    const { code, output } = await stage.cli(args);
    const shown = args.map((arg) => (arg === file ? 'cam1.yaml' : arg)).join(' ');
    say(`$ keeprolling ${shown}${code === 0 ? '' : `   (exit ${code})`}`);
    if (code !== 0) throw new Error(output);
  };

  say('an encoder pushes to the emulated recorder');
  stage.vendor('source.start', stage.source);
  let worker: ChildProcess = await stage.startWorker();
  say(`a worker runs as process ${worker.pid}`);
  await cli('validate', file);

  const started = await client.start(specification);
  const { handle } = started;
  say(`client.start → session ${started.sessionId}`);
  const watched = watch(handle, show, signal);

  const proved = await until(handle, signal, (status) => status.view?.takes[0]?.evidence === 'observed');
  say(`the start is proved: ${proved.view?.takes[0]?.recording ?? ''}`);
  await pause(6000);

  await cli('pause', 'demo-cam1', '--by', 'director', '--reason', 'sponsor');
  await pause(4000);
  await handle.resume({ by: 'director' });
  say('client: resume, by director');
  await pause(5000);

  stage.vendor('source.stop', stage.source);
  say('the encoder drops');
  await pause(5000);
  stage.vendor('source.start', stage.source);
  say('the encoder is back: the record and its take have survived');
  await pause(5000);

  worker.kill('SIGKILL');
  say(`SIGKILL to worker ${worker.pid}: the recorder goes on, nobody looks`);
  await pause(3000);
  worker = await stage.startWorker();
  say(`a new worker runs as process ${worker.pid}, and the session goes on`);
  await pause(5000);

  stage.vendor('restart', { kill: true, downMs: 2000 });
  say('the recorder crashes: it forgets the record, and the open file is lost');
  await until(handle, signal, (status) =>
    status.view?.takes.some((take) => take.number === 3 && take.evidence === 'observed'),
  );
  say('a third take records');
  await pause(5000);

  await cli('stop', 'demo-cam1', '--by', 'demo', '--reason', 'enough seen');
  const result = await handle.result();
  await watched;
  show.freeze();
  say(`released: ${result.outcome}, ${result.verdict}, ${result.takes} takes`);
  return { handle, result };
}

async function watch(handle: SessionHandle, show: Screen, signal: AbortSignal): Promise<void> {
  for await (const status of handle.watch({ everyMs: 500, signal })) show.status(status);
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
  throw new Error('The session did not get where the demo expects it within a minute.');
}
