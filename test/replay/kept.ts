/** Histories as they are kept in test/histories/: one JSON file a run, in the form of `temporal workflow show -o json`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '../temporal/histories.ts';

const folder = new URL('../histories/', import.meta.url);

export interface KeptHistory {
  file: string;
  history: History;
  workflowId: string;
  workflowType: string;
  bytes: number;
  /** Levels of behaviour that its run asked for and got. */
  levels: number[];
}

export function readKept(): KeptHistory[] {
  return readdirSync(fileURLToPath(folder))
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8');
      const history = historyFromJSON(JSON.parse(text));
      const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
      return {
        file,
        history,
        workflowId: started?.workflowId ?? '',
        workflowType: started?.workflowType?.name ?? '',
        bytes: Buffer.byteLength(text),
        levels: levelsOf(history),
      };
    });
}

export function levelsOf(history: History): number[] {
  return marksOf(history).flatMap((mark) => {
    const level = /^behaviour-(\d+)$/.exec(mark)?.[1];
    return level === undefined ? [] : [Number(level)];
  });
}

/** Names of the patches that are marked in a history. */
export function marksOf(history: History): string[] {
  return (history.events ?? []).flatMap((event) => {
    const payload = event.markerRecordedEventAttributes?.details?.['patch-data']?.payloads?.[0];
    return payload ? [defaultPayloadConverter.fromPayload<{ id: string }>(payload).id] : [];
  });
}

/** Writes a history without what tells of the machine: no replay looks at identities and stack traces. */
export function keep(file: string, history: History): void {
  const json: unknown = JSON.parse(historyToJSON(history));
  const text = JSON.stringify(json, (key, value: unknown) => {
    if (key === 'stackTrace') return '';
    if (key === 'identity') return 'test';
    return value;
  });
  writeFileSync(new URL(file, folder), `${text}\n`);
}

export function keepReadme(text: string): void {
  writeFileSync(new URL('README.md', folder), text);
}

/** For a test that changes one: a history of one's own. */
export function copyOf(history: History): History {
  return historyFromJSON(JSON.parse(historyToJSON(history)));
}
