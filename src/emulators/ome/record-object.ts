/** The record object of replies: alphabetical keys, and much that is left out (OvenMediaEngine v0.20.0, json_serdes/record.cpp). */
import { liveCounters } from './application.ts';
import type { StopSnapshot } from './application.ts';
import { toIso } from './local-time.ts';
import type { OmeConfig } from './options.ts';
import type { App, OmeServer, RecordState, RecordTask } from './state.ts';

interface RecordView {
  task: RecordTask;
  state: RecordState;
  bytes: number;
  timeMs: number;
  totalBytes: number;
  totalTimeMs: number;
  outputFilePath: string;
  outputInfoPath: string;
}

export function recordObject(
  server: OmeServer,
  app: App,
  task: RecordTask,
  now: number,
): Record<string, unknown> {
  const { bytes, timeMs } = liveCounters(server, app, task, now);
  return describe(server.config, {
    task,
    state: task.state,
    bytes,
    timeMs,
    totalBytes: task.totalBytes + bytes,
    totalTimeMs: task.totalTimeMs + timeMs,
    outputFilePath: task.outputFilePath,
    outputInfoPath: task.outputInfoPath,
  });
}

/** The reply to a stop is a copy made before the file is finalised, and it leaves the output paths out. */
export function stoppedObject(server: OmeServer, snapshot: StopSnapshot): Record<string, unknown> {
  return describe(server.config, { ...snapshot, state: 'stopping', outputFilePath: '', outputInfoPath: '' });
}

function describe(config: OmeConfig, view: RecordView): Record<string, unknown> {
  const { task, state } = view;
  const { traits } = config;
  const iso = (at: number) => toIso(at, config.zoneOffsetMinutes);
  const isOver = state === 'stopped' || state === 'error';
  const shown: Record<string, unknown> = {};
  const put = (key: string, value: string | number | boolean | undefined) => {
    if (value !== undefined && value !== '') shown[key] = value;
  };
  const putCount = (key: string, value: number) =>
    put(key, state !== 'ready' && value > 0 ? value : undefined);

  put('app', task.app);
  put('createdTime', iso(task.createdAt));
  put('filePath', task.filePath || (traits.outputFilePath ? '' : view.outputFilePath));
  put('finishTime', isOver && task.stopAt !== 0 ? iso(task.stopAt) : undefined);
  put('id', task.id);
  put('infoPath', task.infoPath || (traits.outputFilePath ? '' : view.outputInfoPath));
  put('interval', task.interval > 0 ? task.interval : undefined);
  put('isConfig', traits.isConfig ? false : undefined);
  put('metadata', task.metadata);
  put('outputFilePath', traits.outputFilePath ? view.outputFilePath : undefined);
  put('outputInfoPath', traits.outputFilePath ? view.outputInfoPath : undefined);
  putCount('recordBytes', view.bytes);
  putCount('recordTime', view.timeMs);
  put('schedule', task.schedule);
  put('segmentationRule', task.segmentationRule);
  putCount('sequence', task.sequence);
  put('startTime', state !== 'ready' && task.startAt !== 0 ? iso(task.startAt) : undefined);
  put('state', state);
  shown['stream'] = streamPart(config, task);
  putCount('totalRecordBytes', view.totalBytes);
  putCount('totalRecordTime', view.totalTimeMs);
  put('vhost', task.vhost);
  return shown;
}

function streamPart(config: OmeConfig, task: RecordTask): Record<string, unknown> {
  if (!config.traits.variantNames) return { name: task.streamName, tracks: task.trackIds };
  return { name: task.streamName, trackIds: task.trackIds, variantNames: task.variantNames };
}
