/** Path templates: macros, the default templates, and containers by extension. */
import { localDate } from './local-time.ts';
import type { OmeConfig } from './options.ts';
import type { App, RecordTask } from './state.ts';

const MACRO = /\$\{([a-zA-Z0-9:]+)\}/g;

/** The template of a task's file: its own, else the application's, else the built-in one. */
export function fileTemplate(config: OmeConfig, app: App, task: RecordTask): string {
  const builtIn = '${TransactionId}_${VirtualHost}_${Application}_${Stream}';
  const times = '_${StartTime:YYYYMMDDhhmmss}_${EndTime:YYYYMMDDhhmmss}.ts';
  return task.filePath || app.file?.filePath || `${config.binPath}/records/${builtIn}${times}`;
}

export function infoTemplate(config: OmeConfig, app: App, task: RecordTask): string {
  const builtIn = '${TransactionId}_${VirtualHost}_${Application}_${Stream}.xml';
  return task.infoPath || app.file?.infoPath || `${config.binPath}/records/${builtIn}`;
}

/** Whether the name is known only when the file is closed. */
export function namesItsEnd(template: string): boolean {
  return /\$\{[a-zA-Z0-9:]*EndTime/.test(template);
}

/**
 * Replaces the macros with what the task holds now. A macro is recognised by a part of its name, so `${SourceStream}`
 * is the output stream too, and an unknown one stays as it is (OvenMediaEngine v0.20.0, file_macro.cpp).
 */
export function expandPath(template: string, task: RecordTask, offsetMinutes: number): string {
  return template.replace(MACRO, (whole, group: string) => {
    if (group.includes('VirtualHost')) return task.vhost;
    if (group.includes('Application')) return task.app;
    if (group.includes('Stream')) return task.streamName;
    if (group.includes('Sequence')) return String(task.sequence);
    if (group.startsWith('Id')) return task.id;
    if (group.startsWith('TransactionId')) return task.transactionId;
    if (group.includes('StartTime'))
      return formatTime(group.replace('StartTime:', ''), task.startAt, offsetMinutes);
    if (group.includes('EndTime'))
      return formatTime(group.replace('EndTime:', ''), task.stopAt, offsetMinutes);
    return whole;
  });
}

function formatTime(format: string, at: number, offsetMinutes: number): string {
  const [year, month, day, hour, minute, second] = localDate(at, offsetMinutes)
    .toISOString()
    .split(/[-T:.]/);
  return format
    .replaceAll('YYYY', year ?? '')
    .replaceAll('MM', month ?? '')
    .replaceAll('DD', day ?? '')
    .replaceAll('hh', hour ?? '')
    .replaceAll('mm', minute ?? '')
    .replaceAll('ss', second ?? '');
}

export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? './' : path.slice(0, slash + 1);
}

const CONTAINERS: Record<string, readonly string[]> = {
  mp4: ['H264', 'H265', 'AAC', 'MP3'],
  webm: ['VP8', 'VP9', 'OPUS'],
  mpegts: ['H264', 'H265', 'VP8', 'VP9', 'AAC', 'MP3', 'OPUS'],
};

/** Tracks with other codecs are dropped without a word (OvenMediaEngine v0.20.0, ffmpeg/compat.h). */
export function containerTakes(path: string, codec: string): boolean {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  const codecs = CONTAINERS[extension] ?? CONTAINERS['mpegts'] ?? [];
  return codecs.includes(codec.toUpperCase());
}
