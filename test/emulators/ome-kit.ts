/** An OvenMediaEngine in the process with a clock that stands still, and short words to speak with it. */
import { createOmeEmulator, ManualClock } from '../../src/emulators/index.ts';
import type { OmeEmulatorOptions, TruthEntry } from '../../src/emulators/index.ts';

export const T0 = Date.UTC(2026, 0, 1, 12);
export const TOKEN = 'ome-access-token';
export const AUTHORIZATION = `Basic ${Buffer.from(TOKEN).toString('base64')}`;

export interface Reply {
  status: number;
  headers: Record<string, string>;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- replies are looked into freely by tests
  json: any;
}

export type OmeKit = ReturnType<typeof omeKit>;

export function omeKit(options: Partial<OmeEmulatorOptions> = {}) {
  const clock = new ManualClock(T0);
  const emulator = createOmeEmulator({ clock: clock.now, accessToken: TOKEN, seed: 1, ...options });

  const answer = (method: string, target: string, body?: unknown, headers: Record<string, string> = {}) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const request = { method, target, headers: { authorization: AUTHORIZATION, ...headers }, body: text };
    return emulator.handle(request, clock.now());
  };
  const send = (method: string, target: string, body?: unknown, headers?: Record<string, string>): Reply => {
    const got = answer(method, target, body, headers);
    if (got.kind !== 'response') throw new Error(`The emulator answered with ${got.kind}.`);
    const { status, headers: sent, body: said } = got.response;
    return { status, headers: sent, text: said, json: said === '' ? undefined : JSON.parse(said) };
  };
  const post = (action: string, body?: unknown) =>
    send('POST', `/v1/vhosts/default/apps/app:${action}`, body);
  const control = (name: string, input: Record<string, unknown> = {}) => {
    const found = emulator.controls[name];
    if (!found) throw new Error(`The emulator has no control ${name}.`);
    return found(input, clock.now());
  };

  return {
    clock,
    emulator,
    answer,
    send,
    post,
    control,
    start: (id: string, more: Record<string, unknown> = {}) =>
      post('startRecord', { id, stream: { name: 's' }, ...more }),
    stop: (id: string) => post('stopRecord', { id }),
    /** The record as `:records` shows it; undefined when it is not there. */
    look: (id: string) => post('records', { id }).json.response[0],
    wait: (ms: number) => clock.advance(ms),
    push: (more: Record<string, unknown> = {}) => control('source.start', { stream: 's', ...more }),
    drop: () => control('source.stop', { stream: 's' }),
    truth: <T extends TruthEntry['type']>(type: T): Extract<TruthEntry, { type: T }>[] => {
      emulator.settle(clock.now());
      return emulator.truth.entries.filter(
        (entry): entry is Extract<TruthEntry, { type: T }> => entry.type === type,
      );
    },
  };
}
