/** Test controls: what the world does to the channels, the pages and Agora's own machines. */
import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import { readBoolean, readNumber, readString, withCommonControls } from '../inputs.ts';
import type { Control, ControlInput } from '../inputs.ts';
import { noteSource, reflow, removeUser, tasksIn, tellStreams } from './channels.ts';
import { CRASHED, endTask, KICKED, moveTask, WEB_STOP } from './lifecycle.ts';
import { EVENT_TYPES, sendHealthTest } from './notices.ts';
import { channelOf, type AgoraState, type Channel, type Task, type User } from './state.ts';
import { advance } from './timeline.ts';
import { uploadSlices } from './uploads.ts';

/** Of the source where a test names none. */
export const DEFAULT_UID = '1';
const FAILOVER_MS = 30_000;

export function agoraControls(state: AgoraState, faults: FaultPlan, clock: Clock): Record<string, Control> {
  const leave: Control = (input, now) => removeUser(state, findChannel(state, input), uidOf(input), now);
  const stall: Control = (input, now) => setStalled(state, input, true, now);
  const flow: Control = (input, now) => setStalled(state, input, false, now);
  const world: Record<string, Control> = {
    'user.join': (input, now) => joinUser(state, input, now),
    'user.leave': leave,
    'user.stall': stall,
    'user.flow': flow,
    'source.start': (input, now) => joinUser(state, { ...input, role: 'host' }, now),
    'source.stop': leave,
    'source.stall': stall,
    'source.flow': flow,
    'page.set': (input, now) => setPage(state, input, now),
    failover: (input, now) => {
      const forMs = readNumber(input, 'forMs') ?? FAILOVER_MS;
      for (const task of findTasks(state, input)) moveTask(state, task, now, forMs);
    },
    'worker.crash': (input, now) => {
      for (const task of findTasks(state, input)) endTask(state, task, now, CRASHED);
    },
    storage: (input, now) => {
      for (const task of state.active) {
        for (const run of task.runs.values()) uploadSlices(state, task, run, now);
      }
      state.uploadsDenied = readChoice(input, 'mode', ['ok', 'denied']) === 'denied';
    },
    account: (input) => {
      state.account = readChoice(input, 'state', ['ok', 'overdue', 'invalid']);
    },
    upload: (input) => {
      state.uploadMs = readNumber(input, 'takesMs') ?? 0;
    },
    update: (input) => {
      state.updateMs = readNumber(input, 'takesMs') ?? 0;
    },
    pcw: (input) => {
      const limit = readNumber(input, 'limit');
      state.capacity.rtc = readNumber(input, 'rtc') ?? limit ?? state.capacity.rtc;
      state.capacity.web = readNumber(input, 'web') ?? limit ?? state.capacity.web;
      return state.capacity;
    },
    restart: (input, now) =>
      restart(state, now, readNumber(input, 'downMs') ?? 0, readBoolean(input, 'kill')),
    notices: (input) => state.notices.slice(readNumber(input, 'from') ?? 0),
    'callback.probe': (input, now) => sendHealthTest(state, now, readTypes(input)),
    reset: (_input, now) => {
      faults.armed.splice(0);
      reset(state, now);
    },
  };
  return withCommonControls(world, { state, faults, clock, advance });
}

function findChannel(state: AgoraState, input: ControlInput): Channel {
  const [first = ''] = state.apps.keys();
  const appId = input['appId'] === undefined ? first : readString(input, 'appId');
  if (!state.apps.has(appId)) throw new Error(`The emulator has no app ${appId}.`);
  return channelOf(state, appId, readString(input, 'channel'));
}

function uidOf(input: ControlInput): string {
  const uid = typeof input['uid'] === 'number' ? String(input['uid']) : input['uid'];
  if (uid === undefined) return DEFAULT_UID;
  return readString({ uid }, 'uid');
}

function readChoice<T extends string>(input: ControlInput, name: string, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === input[name]);
  if (chosen === undefined) throw new Error(`The control wants "${name}" as one of ${choices.join(', ')}.`);
  return chosen;
}

/** All that can be subscribed to when nothing is said. */
function readTypes(input: ControlInput): readonly number[] {
  const { types = EVENT_TYPES } = input;
  if (!Array.isArray(types) || !types.every((type) => Number.isInteger(type)))
    throw new Error('The control wants "types" as a list of event types.');
  return types as number[];
}

/** The running tasks of a channel or label, or the one of a sid; all of them without either. */
function findTasks(state: AgoraState, input: ControlInput): Task[] {
  const sid = input['sid'] === undefined ? undefined : readString(input, 'sid');
  const channel = input['channel'] === undefined ? undefined : readString(input, 'channel');
  const found = [...state.active].filter(
    (task) =>
      task.phase === 'running' &&
      (sid === undefined || task.sid === sid) &&
      (channel === undefined || task.cname === channel),
  );
  if (found.length === 0) throw new Error('The emulator has no such task running.');
  return found;
}

function joinUser(state: AgoraState, input: ControlInput, now: number): void {
  const channel = findChannel(state, input);
  const uid = uidOf(input);
  if (channel.users.has(uid)) throw new Error(`The user ${uid} is in the channel ${channel.name} already.`);
  const role = input['role'] === undefined ? 'host' : readChoice(input, 'role', ['host', 'audience']);
  const user: User = { uid, role, stalled: false };
  channel.users.set(uid, user);
  noteSource(state, channel, uid, now, 'up');
  for (const task of tasksIn(state, channel)) {
    if (task.joined && task.botUid === uid) endTask(state, task, now, KICKED);
    else if (user.role === 'host') tellStreams(state, task, uid, true, now);
    reflow(state, task, now);
  }
}

/** Connected and silent: nothing to record, and yet not idle. */
function setStalled(state: AgoraState, input: ControlInput, stalled: boolean, now: number): void {
  const channel = findChannel(state, input);
  const user = channel.users.get(uidOf(input));
  if (!user) throw new Error(`The user ${uidOf(input)} is not in the channel ${channel.name}.`);
  if (user.stalled === stalled) return;
  user.stalled = stalled;
  noteSource(state, channel, user.uid, now, stalled ? 'stalled' : 'flowing');
  for (const task of tasksIn(state, channel)) {
    tellStreams(state, task, user.uid, !stalled, now);
    reflow(state, task, now);
  }
}

function setPage(state: AgoraState, input: ControlInput, now: number): void {
  const url = readString(input, 'url');
  const shown = readChoice(input, 'state', ['up', 'down', 'slow']);
  const before = state.pages.get(url) ?? 'up';
  state.pages.set(url, shown);
  if ((before === 'down') !== (shown === 'down'))
    state.truth.add({ type: 'source', at: now, source: url, event: shown === 'down' ? 'down' : 'up' });
  for (const task of state.active) {
    if (task.page?.url !== url || task.phase !== 'running') continue;
    if (shown === 'down' && task.joined)
      endTask(state, task, now, { reason: 'page', webCode: WEB_STOP.url, abnormal: true });
    // It was waiting for the page, and need not wait any longer.
    else if (shown === 'up' && task.pageDeadline !== undefined && !task.joined) task.joinAt = now;
    else reflow(state, task, now);
  }
}

/** Agora's API is away for a while. Recordings know nothing of it. */
function restart(state: AgoraState, now: number, downMs: number, kill = false): void {
  state.truth.add({ type: 'process', at: now, event: kill ? 'killed' : 'stopped' });
  if (downMs > 0) state.downUntil = now + downMs;
  else state.truth.add({ type: 'process', at: now, event: 'started' });
}

/** A new beginning: no tasks, no users, no troubles. The truth log goes on. */
function reset(state: AgoraState, now: number): void {
  for (const task of state.active) {
    if (task.phase === 'running') endTask(state, task, now, { reason: 'reset', exitMs: 0 });
  }
  for (const channel of state.channels.values()) {
    for (const uid of channel.users.keys()) removeUser(state, channel, uid, now);
  }
  state.active.clear();
  state.tasks.clear();
  state.resources.clear();
  state.left.clear();
  state.channels.clear();
  state.pages.clear();
  state.buckets.clear();
  state.account = 'ok';
  Object.assign(state, { uploadsDenied: false, uploadMs: 0, updateMs: 0, downUntil: undefined });
}
