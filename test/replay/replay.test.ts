/** Recorded histories against the workflows as they are now: what ran yesterday must go on today. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { installRuntime } from '../../src/runtime.ts';
import { BEHAVIOUR, OLDEST_BEHAVIOUR } from '../../src/session/begin.ts';
import { workflowBundlePath } from '../setup/servers.ts';
import { carelessRelease, nextRelease } from './bundles.ts';
import { copyOf, readKept } from './kept.ts';

const kept = readKept();
const plain = kept.find((one) => one.file === 'plain.json')!;
let current: ReplayWorkerOptions;

beforeAll(async () => {
  installRuntime('ERROR');
  current = { workflowBundle: { codePath: await workflowBundlePath() } };
});

describe('the recorded histories', () => {
  it.each(kept.map((one) => [one.file, one] as const))(
    'replay: %s',
    async (_file, { history, workflowId }) => {
      await expect(Worker.runReplayHistory(current, history, workflowId)).resolves.toBeUndefined();
    },
  );

  it('replay also with the next release, which raises the level', async () => {
    const next = { workflowBundle: await nextRelease() };
    const histories = kept.map(({ workflowId, history }) => ({ workflowId, history }));
    const failed: string[] = [];
    for await (const { workflowId, error } of Worker.runReplayHistories(next, histories)) {
      if (error) failed.push(`${workflowId}: ${error.message}`);
    }
    expect(failed).toEqual([]);
  }, 60_000);
});

describe('the net', () => {
  it('catches a release that decides otherwise without a new level', async () => {
    const careless = { workflowBundle: await carelessRelease() };
    await expect(Worker.runReplayHistory(careless, plain.history, plain.workflowId)).rejects.toThrow(
      DeterminismViolationError,
    );
  }, 60_000);

  it('catches a history in which another call was made', async () => {
    const history = copyOf(plain.history);
    const scheduled = history.events!.find(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'startTake',
    )!;
    scheduled.activityTaskScheduledEventAttributes!.activityType!.name = 'stopTake';
    await expect(Worker.runReplayHistory(current, history, plain.workflowId)).rejects.toThrow(
      DeterminismViolationError,
    );
  });

  it('holds a history of every workflow', () => {
    const index = readFileSync(new URL('../../src/workflows/index.ts', import.meta.url), 'utf8');
    const workflows = [...index.matchAll(/export \{ (\w+) \}/g)].map((match) => match[1]!);
    expect(workflows).toContain('recording');
    const types = new Set(kept.map((one) => one.workflowType));
    expect(workflows.filter((name) => !types.has(name))).toEqual([]);
  });

  it('holds a history of every level of behaviour that exists, and of no other', () => {
    const levels = [...new Set(kept.flatMap((one) => one.levels))].toSorted((a, b) => a - b);
    const wanted = Array.from({ length: BEHAVIOUR - OLDEST_BEHAVIOUR + 1 }, (_, i) => OLDEST_BEHAVIOUR + i);
    expect(levels).toEqual(wanted);
  });

  it('holds small histories, each with its row in the README', () => {
    const readme = readFileSync(new URL('../histories/README.md', import.meta.url), 'utf8');
    expect(kept.filter((one) => one.bytes >= 300 * 1024).map((one) => one.file)).toEqual([]);
    expect(kept.filter((one) => !readme.includes(`(${one.file})`)).map((one) => one.file)).toEqual([]);
  });

  it('holds nothing of the machine on which it was recorded, and no secret', () => {
    const text = kept
      .map((one) => readFileSync(new URL(`../histories/${one.file}`, import.meta.url), 'utf8'))
      .join('\n');
    expect(text).not.toMatch(/CANARY|\/(?:home|root|work|tmp|Users)\//);
    const decoded = [...text.matchAll(/"data":"([^"]+)"/g)].map((match) =>
      Buffer.from(match[1]!, 'base64').toString(),
    );
    expect(decoded.length).toBeGreaterThan(100);
    expect(decoded.filter((data) => /CANARY|\/(?:home|root|work|tmp|Users)\//.test(data))).toEqual([]);
  });
});

describe('protobufjs', () => {
  it('is one shared copy, without which no recorded history can be read', () => {
    const require = createRequire(import.meta.url);
    const copies = [
      '@temporalio/common',
      '@temporalio/proto',
      '@temporalio/worker',
      '@temporalio/client',
    ].map((name) => createRequire(require.resolve(name)).resolve('protobufjs'));
    expect(new Set([require.resolve('protobufjs'), ...copies]).size).toBe(1);
  });
});
