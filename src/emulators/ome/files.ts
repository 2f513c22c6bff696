/** Files: who holds which final name, which directories can be used, and placeholders on a real disk if one is given. */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { toIso } from './local-time.ts';
import { directoryOf } from './paths.ts';
import type { OmeServer, RecordTask, Writer } from './state.ts';

/** Whether the vendor can make the path's directory and write there. */
export function canWrite(server: OmeServer, path: string): boolean {
  const directory = directoryOf(path);
  for (const unusable of server.unusable) if (isWithin(server, directory, unusable)) return false;
  if (server.config.recordsDir === undefined) return true;
  try {
    mkdirSync(dirname(realPath(server, path)), { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/** Paths are taken below RootPath, with it or without it. */
export function isWithin(server: OmeServer, path: string, directory: string): boolean {
  const root = normal(server.config.rootPath);
  const strip = (text: string) =>
    root !== '/' && text.startsWith(root) ? text.slice(root.length - 1) : text;
  return strip(normal(path)).startsWith(strip(normal(directory)));
}

function normal(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}/`.replace('//', '/');
}

export function openTemporary(server: OmeServer, tmp: string): boolean {
  if (server.config.recordsDir === undefined) return true;
  try {
    writeFileSync(realPath(server, tmp), '');
    return true;
  } catch {
    return false;
  }
}

/** Renames the temporary file to its final name, over whatever has that name already. */
export function finalise(server: OmeServer, task: RecordTask, writer: Writer, at: number): boolean {
  if (writer.lost || !renameReal(server, task, writer)) return false;
  const file = task.outputFilePath;
  const earlier = server.finalised.get(normal(file));
  if (earlier !== undefined) {
    server.truth.add({ type: 'file', at, recording: earlier, file, event: 'overwritten' });
  }
  server.finalised.set(normal(file), task.identity);
  return true;
}

function renameReal(server: OmeServer, task: RecordTask, writer: Writer): boolean {
  if (server.config.recordsDir === undefined) return true;
  try {
    const path = realPath(server, task.outputFilePath);
    // Only a file that was opened can be finalised: one that somebody removed meanwhile is gone.
    if (!existsSync(realPath(server, writer.tmp))) return false;
    if (task.bytes > 0)
      writeFileSync(realPath(server, writer.tmp), `placeholder for ${task.bytes} bytes of media\n`);
    renameSync(realPath(server, writer.tmp), path);
    appendInfo(server, task);
    return true;
  } catch {
    return false;
  }
}

/** Removes the temporary file, as the removal of its directory would. */
export function dropTemporary(server: OmeServer, tmp: string): void {
  if (server.config.recordsDir !== undefined) rmSync(realPath(server, tmp), { force: true });
}

function realPath(server: OmeServer, path: string): string {
  const root = resolve(server.config.recordsDir ?? '.');
  const real = join(root, path);
  if (relative(root, real).startsWith('..'))
    throw new Error('A path outside of the records folder cannot be written.');
  return real;
}

const INFO_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<files>\n';
const INFO_TAIL = '</files>\n';

/** The info file grows by one `file` a segment (OvenMediaEngine v0.20.0, file_export.cpp). */
function appendInfo(server: OmeServer, task: RecordTask): void {
  const path = realPath(server, task.outputInfoPath);
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) writeFileSync(path, INFO_HEAD + INFO_TAIL);
  const file = openSync(path, 'r+');
  try {
    const end = statSync(path).size - INFO_TAIL.length;
    ftruncateSync(file, end);
    writeSync(file, infoEntry(server, task) + INFO_TAIL, end);
  } finally {
    closeSync(file);
  }
}

function infoEntry(server: OmeServer, task: RecordTask): string {
  const iso = (at: number) => toIso(at, server.config.zoneOffsetMinutes);
  const fields: [string, string | number | boolean][] = [
    ['transactionId', task.transactionId],
    ['id', escapeXml(task.id)],
    ['metadata', escapeXml(task.metadata)],
    ['vhost', escapeXml(task.vhost)],
    ['app', escapeXml(task.app)],
    ['stream', escapeXml(task.streamName)],
    ['filePath', `<![CDATA[${task.outputFilePath}]]>`],
    ['recordBytes', task.bytes],
    ['recordTime', task.timeMs],
    ['sequence', task.sequence],
    ['lastSequence', task.removed],
    ['createdTime', iso(task.createdAt)],
    ['startTime', iso(task.startAt)],
    ['finishTime', iso(task.stopAt)],
  ];
  const lines = fields.map(([name, value]) => `    <${name}>${String(value)}</${name}>\n`).join('');
  return `  <file>\n${lines}  </file>\n`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
