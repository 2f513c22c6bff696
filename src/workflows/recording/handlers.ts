/** Signals, updates and queries become events; nothing is decided here. */
import { ApplicationFailure, condition, setHandler, uuid4 } from '@temporalio/workflow';
import type { Command, CommandAnswer, SessionEvent } from '../../session/events.ts';
import { refusal } from '../../session/commands.ts';
import { coverageView, logView, statusView } from '../../session/views.ts';
import type { CommandName, SessionState } from '../../session/state.ts';
import {
  archiveState,
  commandSignals,
  commandUpdates,
  coverageQuery,
  logQuery,
  recorderEvent,
  statusQuery,
  type CommandPayload,
} from '../definitions.ts';
import { parseArchiveState, parseCommand, parseRecorderEvent } from './payload.ts';

/** A member of the union without its occasion, which the mailbox adds. */
type News = SessionEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'at' | 'nonce'>
    : never
  : never;

export interface Mailbox {
  post(news: News): void;
}

const COMMANDS: CommandName[] = ['pause', 'resume', 'stop', 'extend', 'join', 'change'];

export function setHandlers(
  mailbox: Mailbox,
  session: () => SessionState | undefined,
  answers: Map<string, CommandAnswer>,
): void {
  for (const name of COMMANDS) {
    setHandler(commandSignals[name], (payload?: CommandPayload) => {
      const parsed = parseCommand(name, payload, uuid4());
      if (typeof parsed === 'string') ignore(mailbox, name, parsed);
      else mailbox.post({ kind: 'command', command: { ...parsed, waits: false } });
    });
    setHandler(
      commandUpdates[name],
      async (payload?: CommandPayload) => {
        const parsed = parseCommand(name, payload, uuid4());
        if (typeof parsed === 'string') throw refused(parsed);
        const answer = await answered(mailbox, answers, { ...parsed, waits: true });
        const state = session();
        if (!state) throw refused('The session has not begun.');
        return { ...answer, status: statusView(state) };
      },
      { validator: (payload?: CommandPayload) => validate(name, payload, session()) },
    );
  }
  setHandler(recorderEvent, (payload?: unknown) => {
    const event = parseRecorderEvent(payload);
    if (typeof event === 'string') ignore(mailbox, 'recorderEvent', event);
    else mailbox.post({ kind: 'recorder', event });
  });
  setHandler(archiveState, (payload?: unknown) => {
    const told = parseArchiveState(payload);
    if (typeof told === 'string') ignore(mailbox, 'archiveState', told);
    else mailbox.post({ kind: 'archive', ...told });
  });
  setHandler(statusQuery, () => statusView(begun(session())));
  setHandler(coverageQuery, () => coverageView(begun(session())));
  setHandler(logQuery, () => logView(begun(session())));
}

function ignore(mailbox: Mailbox, signal: string, why: string): void {
  mailbox.post({ kind: 'refused-signal', text: `signal ${signal} was ignored: ${why}` });
}

/** Refuses before anything is written to history. */
function validate(
  name: CommandName,
  payload: CommandPayload | undefined,
  state: SessionState | undefined,
): void {
  const parsed = parseCommand(name, payload, 'validator');
  if (typeof parsed === 'string') throw refused(parsed);
  const why = state ? refusal(state, { ...parsed, waits: true }, Date.now()) : null;
  if (why) throw refused(why, state?.released ? 'E_SESSION_ENDED' : 'E_COMMAND_INVALID');
}

function refused(message: string, code = 'E_COMMAND_INVALID'): ApplicationFailure {
  return ApplicationFailure.create({ type: code, message, nonRetryable: true });
}

function begun(state: SessionState | undefined): SessionState {
  if (!state)
    throw refused('The session has not begun: its specification is being checked.', 'E_SESSION_UNKNOWN');
  return state;
}

/** Every waiting update is answered by `step`, at the latest after 20 s. */
async function answered(
  mailbox: Mailbox,
  answers: Map<string, CommandAnswer>,
  command: Command,
): Promise<CommandAnswer> {
  // Somebody who asks again with the same id wants to know how things stand now.
  answers.delete(command.id);
  mailbox.post({ kind: 'command', command });
  await condition(() => answers.has(command.id));
  return answers.get(command.id)!;
}
