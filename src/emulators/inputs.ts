/** Reads the plain data of test controls; a wrong field is answered with a sentence that names it. */
import { isSettable } from './clock.ts';
import type { Clock } from './emulator.ts';
import { FAULT_KINDS, type Fault, type FaultPlan } from './faults.ts';
import { CALLBACK_FAULTS, type Outbox } from './outbox.ts';

export type ControlInput = Record<string, unknown>;
export type Control = (input: ControlInput, now: number) => unknown;

export function readString(input: ControlInput, name: string): string {
  const value = input[name];
  if (typeof value !== 'string' || value === '') throw new Error(`The control wants "${name}" as a text.`);
  return value;
}

export function readNumber(input: ControlInput, name: string): number | undefined {
  const value = input[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new Error(`The control wants "${name}" as a number.`);
  return value;
}

export function readBoolean(input: ControlInput, name: string): boolean | undefined {
  const value = input[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'boolean') throw new Error(`The control wants "${name}" as true or false.`);
  return value;
}

/**
 * The control `faults`, common to all emulators: `{op, kind, times?, untilMs? | forMs?, delayMs?, status?}` arms
 * one, `{clear: true}` disarms all. Answers what is armed and how often each kind has fired.
 */
export function faultsControl(faults: FaultPlan): Control {
  return (input, now) => {
    if (input['clear'] === true) faults.armed.splice(0);
    if (input['kind'] !== undefined) faults.arm(readFault(input, now));
    return { armed: faults.armed, fired: Object.fromEntries(faults.fired) };
  };
}

/** The control `callback.faults`, common to all emulators that call back: `{event?, kind, times?, delayMs?}` arms one. */
function callbackFaultsControl(outbox: Outbox): Control {
  return (input) => {
    const kind = CALLBACK_FAULTS.find((known) => known === input['kind']);
    if (!kind) throw new Error(`A fault of a callback is one of ${CALLBACK_FAULTS.join(', ')}.`);
    const times = readNumber(input, 'times');
    const delayMs = readNumber(input, 'delayMs');
    outbox.arm({
      event: input['event'] === undefined ? '*' : readString(input, 'event'),
      kind,
      ...(times !== undefined && { times }),
      ...(delayMs !== undefined && { delayMs }),
    });
    return { fired: Object.fromEntries(outbox.fired) };
  };
}

function readFault(input: ControlInput, now: number): Fault {
  const kind = FAULT_KINDS.find((known) => known === input['kind']);
  if (!kind) throw new Error(`A fault is one of ${FAULT_KINDS.join(', ')}.`);
  const forMs = readNumber(input, 'forMs');
  const untilMs = forMs === undefined ? readNumber(input, 'untilMs') : now + forMs;
  const times = readNumber(input, 'times');
  const delayMs = readNumber(input, 'delayMs');
  const status = readNumber(input, 'status');
  return {
    op: input['op'] === undefined ? '*' : readString(input, 'op'),
    kind,
    ...(times !== undefined && { times }),
    ...(untilMs !== undefined && { untilMs }),
    ...(delayMs !== undefined && { delayMs }),
    ...(status !== undefined && { status }),
  };
}

/** What the state of an emulator has, whatever the vendor. */
interface Timed {
  /** All that time alone does has been applied up to here. */
  at: number;
  outbox: Outbox;
}

/**
 * A vendor's own controls, each done when time has done its part, with those that every emulator has: `faults`,
 * `callback.faults`, and `clock` where that can be set.
 */
export function withCommonControls<State extends Timed>(
  world: Record<string, Control>,
  {
    state,
    faults,
    clock,
    advance,
  }: { state: State; faults: FaultPlan; clock: Clock; advance: (state: State, now: number) => void },
): Record<string, Control> {
  const timed = Object.entries(world).map(([name, control]): [string, Control] => [
    name,
    (input, now) => {
      advance(state, now);
      return control(input, state.at);
    },
  ]);
  return {
    ...Object.fromEntries(timed),
    faults: faultsControl(faults),
    'callback.faults': callbackFaultsControl(state.outbox),
    ...(isSettable(clock) && { clock: (input: ControlInput) => ({ now: clock.adjust(input) }) }),
  };
}
