/** The worker process, from outside. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { compiled } from '../paths.ts';
import type { FromWorker, Memory, ToWorker, WorkerSetup } from '../worker/messages.ts';

export interface WorkerChild {
  pid: number;
  memory(): Promise<Memory>;
  /** How late each look began since it was last asked, in milliseconds. */
  looks(): Promise<number[]>;
  /** Bare watches keep what they saw for their next look. */
  remember(): void;
  stop(): Promise<void>;
}

const STOP_MS = 10_000;

/** `inOneHeap`: workflows run in the main thread, where they can be collected before they are counted. */
export async function startWorkerChild(
  setup: WorkerSetup,
  options: { inOneHeap?: boolean } = {},
): Promise<WorkerChild> {
  const child = fork(compiled('worker/process.js'), [JSON.stringify(setup)], {
    execArgv: ['--expose-gc'],
    env: { ...process.env, ...(options.inOneHeap && { TEMPORAL_DEBUG: '1' }) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const told = async (what: FromWorker['told']): Promise<FromWorker> =>
    await new Promise((resolve, reject) => {
      const listen = (message: FromWorker): void => {
        if (message.told !== what) return;
        child.off('message', listen);
        resolve(message);
      };
      child.on('message', listen);
      void ended.then(() => reject(new Error(`The worker process ended before it told: ${what}.`)));
    });
  const ask = (message: ToWorker): void => void child.send(message);
  const answered = async (what: 'memory' | 'looks'): Promise<FromWorker> => {
    const answer = told(what);
    ask({ ask: what });
    return await answer;
  };
  await told('ready');
  return {
    pid: child.pid!,
    async memory() {
      const message = await answered('memory');
      return message.told === 'memory' ? message.memory : { heapKib: 0, rssKib: 0 };
    },
    async looks() {
      const message = await answered('looks');
      return message.told === 'looks' ? message.lateMs : [];
    },
    remember: () => ask({ ask: 'remember' }),
    async stop() {
      ask({ ask: 'stop' });
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(force);
    },
  };
}
