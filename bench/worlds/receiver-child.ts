/** A process that takes callbacks, from outside. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { compiled } from '../paths.ts';
import type { FromReceiver, ReceiverSetup, ToReceiver } from '../worker/receiver-messages.ts';

export interface Receiver {
  url: string;
  /** A signal of its own, without any callback. */
  signal(what: ToReceiver): void;
  /** How long the next one took, milliseconds, by its own clock. */
  next(told: 'accepted' | 'signalled'): Promise<number>;
  stop: () => Promise<void>;
}

export async function startReceiver(setup: ReceiverSetup): Promise<Receiver> {
  const child = fork(compiled('worker/receiver.js'), [JSON.stringify(setup)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const heard = async <Told extends FromReceiver['told']>(
    told: Told,
  ): Promise<Extract<FromReceiver, { told: Told }>> =>
    await new Promise((resolve, reject) => {
      const listen = (message: FromReceiver): void => {
        if (message.told !== told) return;
        child.off('message', listen);
        resolve(message as Extract<FromReceiver, { told: Told }>);
      };
      child.on('message', listen);
      void ended.then(() => reject(new Error(`The receiver ended before it told: ${told}.`)));
    });
  const { url } = await heard('listening');
  return {
    url,
    signal: (what) => void child.send(what),
    next: async (told) => (await heard(told)).ms,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
