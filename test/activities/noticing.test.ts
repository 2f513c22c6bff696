import { MockAgent } from 'undici';
import { expect, it } from 'vitest';
import { noticing } from '../../src/activities/noticing.ts';
import { createAgoraEmulator, emulatorDispatcher, ManualClock } from '../../src/emulators/index.ts';

function counted() {
  const log: string[] = [];
  const sent = (): (() => void) => {
    const n = log.filter((line) => line.startsWith('sent')).length + 1;
    log.push(`sent ${n}`);
    return () => log.push(`answered ${n}`);
  };
  return { log, sent };
}

const request = { origin: 'https://vendor.example.com', path: '/', method: 'GET' } as const;

it('tells of each request when it leaves, and when its answer or its failure is there', async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  agent.get(request.origin).intercept({ path: '/' }).reply(200, 'yes');
  const { log, sent } = counted();
  const dispatcher = noticing(agent, sent);
  const { body } = await dispatcher.request(request);
  expect(await body.text()).toBe('yes');
  await expect(dispatcher.request(request)).rejects.toThrow('request');
  expect(log).toEqual(['sent 1', 'answered 1', 'sent 2', 'answered 2']);
});

it('is otherwise the same dispatcher', async () => {
  const emulator = createAgoraEmulator({
    clock: new ManualClock(0).now,
    customerId: 'c',
    customerSecret: 's',
    apps: [{ appId: 'a'.repeat(32) }],
  });
  const plain = emulatorDispatcher(emulator);
  const dispatcher = noticing(plain, () => () => undefined);
  expect((await dispatcher.request(request)).statusCode).toBe((await plain.request(request)).statusCode);
  await dispatcher.close();
});
