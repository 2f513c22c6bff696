/** A recording from its beginning to its end: one `recordSeq`, with files that are opened and closed together. */
import { tell } from './events.ts';
import { closeFile, nameInTruth, openFiles } from './files.ts';
import { identityOf, nextOf, wake, type Channel, type NaverState, type Recording } from './state.ts';

export function beginRecording(state: NaverState, channel: Channel, at: number): Recording {
  const recording: Recording = {
    seq: nextOf(state, 'recordSeq'),
    channel,
    record: channel.settings.record,
    began: at,
    endsAt: undefined,
    flowingFrom: undefined,
    files: [],
  };
  channel.recording = recording;
  wake(state, at + state.config.unknowns.longestMs);
  channel.wanted = true;
  state.truth.add({ type: 'recording', at, recording: identityOf(recording), event: 'began' });
  openFiles(state, recording, at);
  reflow(state, channel, at);
  tell(state, channel, at, 'ONAIR_START');
  return recording;
}

export function endRecording(state: NaverState, channel: Channel, at: number, reason: string): void {
  const { recording } = channel;
  if (!recording) return;
  closeFiles(state, recording, at);
  recording.endsAt = undefined;
  channel.recording = undefined;
  state.truth.add({ type: 'recording', at, recording: identityOf(recording), event: 'ended', reason });
  tell(state, channel, at, 'ONAIR_END');
}

export function closeFiles(state: NaverState, recording: Recording, at: number): void {
  flush(state, recording, at);
  recording.flowingFrom = undefined;
  for (const file of recording.files) if (file.status === 'RECORDING') closeFile(state, file, at);
}

/** Whether frames are written depends on the push alone. */
export function reflow(state: NaverState, channel: Channel, at: number): void {
  const { recording, publish } = channel;
  if (!recording) return;
  const flows = publish !== undefined && !publish.stalled;
  if (flows === (recording.flowingFrom !== undefined)) return;
  flush(state, recording, at);
  recording.flowingFrom = flows ? at : undefined;
}

/** Tells the truth log what has been written until now: of all the files of a recording the first stands for the rest. */
export function flush(state: NaverState, recording: Recording, at: number): void {
  const from = recording.flowingFrom;
  if (from === undefined || at <= from) return;
  recording.flowingFrom = at;
  const open = recording.files.filter(({ status }) => status === 'RECORDING');
  for (const file of open) file.recordedMs += at - from;
  const [first] = open;
  if (!first) return;
  const bytes = Math.round(((at - from) * 1_000_000) / 8000);
  state.truth.add({
    type: 'media',
    recording: identityOf(recording),
    from,
    to: at,
    file: nameInTruth(first),
    bytes,
  });
}
