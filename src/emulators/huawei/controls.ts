/** Test controls: what the world does to encoders, to the bucket, to the account and to Huawei's own machines. */
import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import { readBoolean, readNumber, readString, withCommonControls } from '../inputs.ts';
import type { Control, ControlInput } from '../inputs.ts';
import { DEFAULT_DOMAIN } from './options.ts';
import { shownRule } from './rule-config.ts';
import { keyOf, type HuaweiState, type Stream, type Triple } from './state.ts';
import { push, stall, unpush } from './streams.ts';
import { endTask, failTask } from './tasks.ts';
import { advance, settle } from './timeline.ts';

const LOCK_MS = 300_000;

export function huaweiControls(state: HuaweiState, faults: FaultPlan, clock: Clock): Record<string, Control> {
  const world: Record<string, Control> = {
    'source.start': (input, now) => {
      const triple = readTriple(input);
      if (state.streams.has(keyOf(triple))) throw new Error(`The stream ${keyOf(triple)} is pushed already.`);
      push(state, triple, now);
    },
    'source.stop': (input, now) => {
      const triple = readTriple(input);
      // One that was dropped and was about to come again stays away.
      if (!state.returning.delete(keyOf(triple))) unpush(state, findStream(state, triple), now);
    },
    'source.stall': (input, now) => stall(state, findStream(state, readTriple(input)), true, now),
    'source.flow': (input, now) => stall(state, findStream(state, readTriple(input)), false, now),
    rules: () => [...state.rules.values()].map((rule) => shownRule(state.config, rule)),
    objects: (input) =>
      [...state.contents.values()].filter(({ bucket }) => (input['bucket'] ?? bucket) === bucket),
    permissions: (input) => {
      if (input['allow'] !== undefined)
        for (const action of readActions(input, 'allow')) state.denied.delete(action);
      if (input['deny'] !== undefined)
        for (const action of readActions(input, 'deny')) state.denied.add(action);
      return { denied: [...state.denied] };
    },
    account: (input) => {
      state.account = readChoice(input, 'state', ['ok', 'frozen']);
    },
    lock: (input, now) => {
      state.lockedUntil = now + (readNumber(input, 'forMs') ?? LOCK_MS);
    },
    storage: (input, now) => setStorage(state, readChoice(input, 'mode', ['ok', 'denied']) === 'denied', now),
    skew: (input) => {
      state.skewMs = readNumber(input, 'ms') ?? 0;
    },
    restart: (input, now) =>
      restart(state, now, readNumber(input, 'downMs') ?? 0, readBoolean(input, 'kill')),
    reset: (_input, now) => {
      faults.armed.splice(0);
      reset(state, now);
    },
  };
  return withCommonControls(world, { state, faults, clock, advance });
}

function readTriple(input: ControlInput): Triple {
  const given = (name: string, usual: string) =>
    input[name] === undefined ? usual : readString(input, name);
  return {
    publishDomain: given('publishDomain', DEFAULT_DOMAIN),
    app: given('app', 'live'),
    stream: readString(input, 'stream'),
  };
}

function findStream(state: HuaweiState, triple: Triple): Stream {
  const stream = state.streams.get(keyOf(triple));
  if (!stream) throw new Error(`The stream ${keyOf(triple)} is not pushed.`);
  return stream;
}

function readChoice<T extends string>(input: ControlInput, name: string, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === input[name]);
  if (chosen === undefined) throw new Error(`The control wants "${name}" as one of ${choices.join(', ')}.`);
  return chosen;
}

function readActions(input: ControlInput, name: string): string[] {
  const actions = input[name];
  if (!Array.isArray(actions) || !actions.every((action) => typeof action === 'string'))
    throw new Error(
      `The control wants "${name}" as a list of IAM actions, such as live:record:createCommand.`,
    );
  return actions;
}

/** "Withdrawing the authorisation makes recording fail" (FAQ): at once here. */
function setStorage(state: HuaweiState, denied: boolean, now: number): void {
  state.uploadsDenied = denied;
  if (!denied) return;
  for (const task of state.tasks.values())
    if (task.jobs.size > 0) failTask(state, task, now, 'upload to OBS failed');
}

/** Huawei's API is away for a while. Recordings know nothing of it. */
function restart(state: HuaweiState, now: number, downMs: number, kill = false): void {
  state.truth.add({ type: 'process', at: now, event: kill ? 'killed' : 'stopped' });
  if (downMs > 0) state.downUntil = now + downMs;
  else state.truth.add({ type: 'process', at: now, event: 'started' });
}

/** A new beginning: no rules, no recordings, no encoders, no troubles. The truth log goes on. */
function reset(state: HuaweiState, now: number): void {
  settle(state, now);
  for (const task of state.tasks.values()) endTask(state, task, now, { reason: 'reset', told: false });
  for (const stream of state.streams.values()) unpush(state, stream, now);
  for (const one of [state.rules, state.returning, state.stoppedAt, state.callbacks, state.notifications])
    one.clear();
  for (const one of [state.contents, state.tokens, state.temporaryKeys, state.denied, state.windows])
    one.clear();
  state.pushes = [];
  Object.assign(state, {
    account: 'ok',
    uploadsDenied: false,
    lockedUntil: 0,
    skewMs: 0,
    downUntil: undefined,
  });
}
