/** Sends the callbacks of an emulated vendor over HTTP, as they fall due. */
import { request } from 'undici';
import type { Emulator } from './emulator.ts';
import type { Delivery, DeliveryAnswer, EmulatorCallbacks } from './outbox.ts';

/** How often the outbox is looked into: the emulator's clock may be virtual. */
const POLL_MS = 25;

export function startSending(emulator: Emulator): { stop(): void } {
  const { callbacks } = emulator;
  if (!callbacks) return { stop: () => undefined };
  const timer = setInterval(() => {
    for (const delivery of callbacks.due(emulator.clock())) void deliver(emulator, callbacks, delivery);
  }, POLL_MS);
  return { stop: () => clearInterval(timer) };
}

async function deliver(emulator: Emulator, callbacks: EmulatorCallbacks, delivery: Delivery): Promise<void> {
  const answer = await send(delivery).catch(() => null);
  callbacks.answered(delivery.id, answer, emulator.clock());
}

async function send({ method, url, headers, body, timeoutMs }: Delivery): Promise<DeliveryAnswer> {
  const response = await request(url, {
    method,
    headers,
    ...(method === 'POST' && { body }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.statusCode, body: await response.body.text() };
}
