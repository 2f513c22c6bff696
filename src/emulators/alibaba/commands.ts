/** RealTimeRecordCommand, with its preconditions in the order of the page: the config, the stream, then the recording. */
import { playDomain, required, type Parameters } from './parameters.ts';
import { configFor } from './record-configs.ts';
import { tellStatus } from './record-events.ts';
import { beginTask, endTask, reflow } from './recording.ts';
import { refuse } from './reply.ts';
import { streamOf, type AlibabaState, type Push, type Stream, type Task } from './state.ts';

const MISSING = 'MissingParam';

export function realTimeRecordCommand(state: AlibabaState, parameters: Parameters): Record<string, unknown> {
  const { play: domain } = playDomain(state, parameters, MISSING);
  const app = required(state, parameters, 'AppName', MISSING);
  const name = required(state, parameters, 'StreamName', MISSING);
  const command = required(state, parameters, 'Command', MISSING);
  const apply = COMMANDS[command];
  if (!apply || name === '*') refuse(400, 'MalformedParam', 'The specified parameter is malformed.');
  const stream = streamOf(state, { domain, app, name });
  apply(state, stream, pushUnderConfig(state, stream));
  return {};
}

/** @throws Refusal in the codes of either edition */
function pushUnderConfig(state: AlibabaState, stream: Stream): Push {
  const old = state.config.unknowns.codes === '2018';
  const config = stream.push ? stream.push.config : configFor(state, stream);
  if (!config) {
    if (old) refuse(404, 'InvalidConfig.NotFound', 'Config does not exist.');
    refuse(400, 'CodeConfigNotFound', 'The record config does not exist.');
  }
  if (stream.push) return stream.push;
  if (old) refuse(404, 'InvalidStream.NotFound', 'Stream does not exist.');
  return refuse(409, 'StreamNotFound', 'The stream does not exist.');
}

type Command = (state: AlibabaState, stream: Stream, push: Push) => void;

const COMMANDS: Record<string, Command | undefined> = {
  start,
  stop,
  cancel_delay: cancelDelay,
  restart,
};

function start(state: AlibabaState, stream: Stream, push: Push): void {
  const { task } = stream;
  if (!task) return begin(state, stream, push);
  const { startWhenPaused } = state.config.unknowns;
  if (task.phase === 'recording' || startWhenPaused === 'refused')
    refuse(409, 'TaskAlreadyStarted', 'Task has already started.');
  endTask(state, stream, state.at, 'started again', startWhenPaused === 'new-file' ? state.at : Infinity);
  if (startWhenPaused === 'new-file') return begin(state, stream, push);
  // What waited for its delay is taken up again.
  stream.closing = stream.closing.filter(({ sheaf }) => sheaf !== task.sheaf);
  const event = state.config.unknowns.pauseEvents ? 'record_resumed' : 'record_started';
  beginTask(state, stream, push, state.at, { manual: true, sheaf: task.sheaf, event });
}

/** Also of a recording that began by itself. */
function stop(state: AlibabaState, stream: Stream): void {
  const task = taskIn(state, stream, ['recording']);
  task.phase = 'paused';
  const delayS = state.config.unknowns.stopDelay === 'config' ? task.sheaf.config.delayS : 180;
  task.until = state.at + delayS * 1000;
  reflow(state, stream, state.at);
  if (state.config.unknowns.pauseEvents && !task.mute)
    tellStatus(state, stream, task.sheaf, state.at, 'record_paused');
}

function cancelDelay(state: AlibabaState, stream: Stream): void {
  taskIn(state, stream, ['paused']);
  endTask(state, stream, state.at, 'stop', state.at);
}

/** Never the same twice: each one cuts a file. */
function restart(state: AlibabaState, stream: Stream, push: Push): void {
  const anew = push.recorded && state.config.unknowns.restartAfterEnd === 'starts';
  if (stream.task || !anew) taskIn(state, stream, ['recording', 'paused']);
  endTask(state, stream, state.at, 'restart', state.at);
  begin(state, stream, push);
}

function begin(state: AlibabaState, stream: Stream, push: Push): void {
  beginTask(state, stream, push, state.at, { manual: true });
}

function taskIn(state: AlibabaState, { task }: Stream, phases: readonly Task['phase'][]): Task {
  if (task && phases.includes(task.phase)) return task;
  return refuse(409, state.config.unknowns.wrongStateCode, 'Task is not in a state for this command.');
}
