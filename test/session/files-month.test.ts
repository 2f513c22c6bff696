/** Thirty days that leave 43,200 files and more: all of them are in the manifest, and none in the workflow. */
import { describe, expect, it } from 'vitest';
import { listManifest, readTakeFiles } from '../../src/archive/manifest.ts';
import { ledgerFolder } from '../../src/archive/ledger.ts';
import { readFiles } from '../../src/archive/files.ts';
import type { FileSeen } from '../../src/session/facts.ts';
import type { TruthEntry } from '../../src/emulators/truth.ts';
import { runVendor, type Hands, type VendorRun } from '../driver/emulated-world.ts';
import { DAY, HOUR, MINUTE } from '../driver/world.ts';
import { playOf } from './vendor-samples.ts';

const MOST = 256 * 1024;
const window = { from: 'now', length: '30d' };

async function manifestOf({ archive, header }: VendorRun): Promise<FileSeen[]> {
  const folder = ledgerFolder(header);
  const files: FileSeen[] = [];
  for (const names of (await listManifest(archive, folder)).values())
    files.push(...(await readTakeFiles(archive, folder, names)).files);
  return files;
}

/** Names of all files that the vendor has finalised, as its truth log has them. */
function finalised({ emulator }: VendorRun): string[] {
  return emulator.truth.entries.flatMap((entry: TruthEntry) =>
    entry.type === 'file' && entry.event === 'finalised' ? entry.file : [],
  );
}

function isSmall({ sizes }: VendorRun): void {
  expect(sizes.state).toBeLessThan(MOST);
  expect(sizes.payload).toBeLessThan(MOST);
}

const plain = (name: string): string => name.replace(/^\/+/, '');

describe('thirty days of files', () => {
  it('of OvenMediaEngine, one a minute', { timeout: 300_000 }, async () => {
    const run = await runVendor(
      'ome',
      playOf('ome', {
        specification: { window, options: { interval: 60_000 } },
        settleFiles: true,
        script: [{ at: MINUTE, do: (_d, hands) => hands.source(true) }],
      }),
      { lookMs: 345_000 },
    );
    expect(run.result).toMatchObject({ outcome: 'completed' });
    const files = await manifestOf(run);
    const truth = finalised(run);
    expect(truth.length).toBeGreaterThan(43_000);
    const names = new Set(files.map(({ name }) => plain(name)));
    expect(truth.filter((name) => !names.has(plain(name)))).toEqual([]);
    expect(files.map(({ sequence }) => sequence)).toEqual(files.map((_, n) => n));
    isSmall(run);

    const head = (await readFiles(run.archive, ledgerFolder(run.header)))!;
    expect(head.counts).toMatchObject({ files: files.length, missing: 0, open: 0 });
    expect(head.takes[0]!.pieces).toHaveLength(Math.ceil(files.length / 1_000));
    expect(JSON.stringify(head).length).toBeLessThan(MOST);
  });

  it('of ApsaraVideo, in two formats', { timeout: 300_000 }, async () => {
    const format = (Format: string) => ({
      Format,
      CycleDuration: 1_800,
      OssObjectPrefix: 'rec/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}',
      ...(Format === 'm3u8' && {
        SliceDuration: 30,
        SliceOssObjectPrefix: 'rec/{AppName}/{StreamName}/{UnixTimestamp}_{Sequence}',
      }),
    });
    const run = await runVendor(
      'alibaba',
      playOf('alibaba', {
        called: true,
        specification: { window, options: { DelayTime: 15, RecordFormat: ['m3u8', 'mp4'].map(format) } },
        settleFiles: true,
        script: [
          { at: MINUTE, do: (_d, hands) => hands.source(true) },
          ...Array.from({ length: 29 }, (_, n) => [
            { at: n * DAY + 5 * HOUR, do: (_d: unknown, hands: Hands) => hands.source(false) },
            { at: n * DAY + 6 * HOUR, do: (_d: unknown, hands: Hands) => hands.source(true) },
          ]).flat(),
        ],
      }),
      { lookMs: 345_000, handOver: true },
    );
    expect(run.result).toMatchObject({ outcome: 'completed' });
    const files = await manifestOf(run);
    const truth = finalised(run);
    expect(truth.length).toBeGreaterThan(2_700);
    const names = new Set(files.map(({ name }) => plain(name)));
    expect(truth.filter((name) => !names.has(plain(name)))).toEqual([]);
    expect(files.every(({ state }) => state === 'stored')).toBe(true);
    isSmall(run);
  });
});

describe('a day without an archive', () => {
  it('costs ApsaraVideo no file, though it names them by its index alone', { timeout: 120_000 }, async () => {
    const mp4 = {
      Format: 'mp4',
      CycleDuration: 1_800,
      OssObjectPrefix: 'rec/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}',
    };
    const run = await runVendor(
      'alibaba',
      playOf('alibaba', {
        specification: {
          window: { from: 'now', length: '31h' },
          options: { DelayTime: 15, RecordFormat: [mp4] },
        },
        settleFiles: true,
        script: [
          { at: MINUTE, do: (_d, hands) => hands.source(true) },
          { at: 2 * HOUR, do: (drive) => drive.archive(true) },
          { at: 30 * HOUR, do: (drive) => drive.archive(false) },
        ],
      }),
      { lookMs: 345_000, handOver: true },
    );
    expect(run.result).toMatchObject({ outcome: 'completed' });
    const truth = finalised(run);
    expect(truth.length).toBeGreaterThan(60);
    const names = new Set((await manifestOf(run)).map(({ name }) => plain(name)));
    expect(truth.filter((name) => !names.has(plain(name)))).toEqual([]);
  });
});
