/** `record/control`: START and STOP of one stream ("Submitting a Recording Command"). */
import type { Outcome } from '../faulty.ts';
import { checkDomain } from './domains.ts';
import { neededText, readBody } from './fields.ts';
import {
  ALREADY_RECORDING,
  emptyReply,
  ILLEGAL,
  ILLEGAL_TEXT,
  illegal,
  missing,
  MISSING_TEXT,
  refuse,
} from './reply.ts';
import type { Route } from './routes.ts';
import { keyOf, type HuaweiState, type Triple } from './state.ts';
import { beginTask, endTask } from './tasks.ts';

/** "At least 10 seconds after the preceding stop command". */
const BETWEEN_MS = 10_000;

export function command(state: HuaweiState, { op }: Route, body: string): Outcome {
  if (op === 'control') illegal('action');
  const triple = readTriple(body);
  checkDomain(state, triple.publishDomain);
  return op === 'start' ? start(state, triple) : stop(state, triple);
}

function readTriple(body: string): Triple {
  const asked = readBody(body);
  return {
    publishDomain: neededText(asked, 'publish_domain', 255),
    app: neededText(asked, 'app', 128),
    stream: neededText(asked, 'stream', 512),
  };
}

function start(state: HuaweiState, triple: Triple): Outcome {
  const { offlineStatus, noRuleStatus, tooSoonCode } = state.config.unknowns;
  const key = keyOf(triple);
  const stream = state.streams.get(key);
  if (!stream) refuse(offlineStatus, ILLEGAL, offlineStatus === 404 ? MISSING_TEXT : ILLEGAL_TEXT);
  // What counts is the rule at the time of the push, whatever has become of it.
  if (stream.rule?.recordType !== 'COMMAND_RECORD')
    refuse(noRuleStatus, ILLEGAL, noRuleStatus === 404 ? MISSING_TEXT : ILLEGAL_TEXT);
  const running = state.tasks.get(key);
  if (running) refuse(400, ALREADY_RECORDING, 'The recording task already exists');
  const stoppedAt = state.stoppedAt.get(key);
  if (stoppedAt !== undefined && state.at < stoppedAt + BETWEEN_MS)
    refuse(400, tooSoonCode, 'The recording task already exists, try again later');
  const task = beginTask(state, stream, stream.rule, state.at);
  return { response: emptyReply(200), recording: task.id, detail: key };
}

function stop(state: HuaweiState, triple: Triple): Outcome {
  const { stopWhileAway, overAfterStop, noRecordStatus } = state.config.unknowns;
  const key = keyOf(triple);
  const task = state.tasks.get(key);
  if (!task) return missing(noRecordStatus);
  if (task.rule.recordType !== 'COMMAND_RECORD') refuse(400, ILLEGAL, ILLEGAL_TEXT);
  if (task.awaySince !== undefined && stopWhileAway === 'refused') refuse(400, ILLEGAL, ILLEGAL_TEXT);
  state.stoppedAt.set(key, state.at);
  endTask(state, task, state.at, { reason: 'stop', told: overAfterStop });
  return { response: emptyReply(200), recording: task.id, detail: key };
}
