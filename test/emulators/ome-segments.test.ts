import { describe, expect, it } from 'vitest';
import { omeKit, T0 } from './ome-kit.ts';
import type { OmeKit } from './ome-kit.ts';

const finalised = (kit: OmeKit) => kit.truth('file').map((entry) => [entry.file, entry.at - T0]);

describe('splits by interval', () => {
  it('splits at the first key frame that is not before the interval', () => {
    const kit = omeKit();
    kit.push({ keyframeMs: 2000 });
    kit.start('a', { interval: 3000, filePath: '${Sequence}.ts' });
    kit.wait(12_000);
    expect(finalised(kit)).toEqual([
      ['0.ts', 4000],
      ['1.ts', 8000],
      ['2.ts', 12_000],
    ]);
    expect(kit.look('a')).toMatchObject({ sequence: 3, totalRecordTime: 12_000 });
  });

  it('can want a longer segment than the interval, as the source has it', () => {
    const kit = omeKit({ unknowns: { splitAtExactInterval: false } });
    kit.push({ keyframeMs: 1000 });
    kit.start('a', { interval: 3000, filePath: '${Sequence}.ts' });
    kit.wait(8000);
    expect(finalised(kit)).toEqual([
      ['0.ts', 4000],
      ['1.ts', 8000],
    ]);
  });

  it('makes the same files whether it is looked at often or once', () => {
    const often = omeKit();
    const once = omeKit();
    for (const kit of [often, once]) {
      kit.push({ keyframeMs: 700 });
      kit.start('a', { interval: 5000, filePath: '${Sequence}.ts' });
    }
    for (let i = 0; i < 600; i++) {
      often.wait(100);
      often.look('a');
    }
    once.wait(60_000);
    expect(finalised(often)).toEqual(finalised(once));
    expect(often.look('a')).toEqual(once.look('a'));
  });

  it('does not split during a stall, but at the first key frame after it', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { interval: 3000, filePath: '${Sequence}.ts' });
    kit.wait(1500);
    kit.control('source.stall', { stream: 's' });
    kit.wait(8000);
    kit.control('source.flow', { stream: 's' });
    kit.wait(1000);
    expect(finalised(kit)).toEqual([['0.ts', 10_000]]);
  });

  it('keeps a month of splits cheap enough to be looked at once', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { interval: 60_000 });
    kit.wait(30 * 86_400_000);
    expect(kit.look('a').sequence).toBe(30 * 1440);
  });
});

describe('splits by schedule', () => {
  it('splits several times within the matching second, which leaves one-packet files', () => {
    const kit = omeKit();
    kit.wait(1000);
    kit.push();
    kit.start('a', { schedule: '*/5 * *', filePath: '${Sequence}.ts' });
    kit.wait(5000);
    expect(finalised(kit)).toEqual([
      ['0.ts', 5000],
      ['1.ts', 5020],
      ['2.ts', 5040],
    ]);
    kit.wait(5000);
    expect(kit.look('a').sequence).toBe(6);
  });

  it('can split once only', () => {
    const kit = omeKit({ unknowns: { scheduleSplits: 1 } });
    kit.push();
    kit.start('a', { schedule: '0 */1 *', filePath: '${Sequence}.ts' });
    kit.wait(180_000);
    expect(finalised(kit).map(([, at]) => at)).toEqual([60_000, 120_000, 180_000]);
  });

  it('goes by local time', () => {
    const kit = omeKit({ zoneOffsetMinutes: 330, unknowns: { scheduleSplits: 1 } });
    kit.push();
    kit.start('a', { schedule: '0 0 18', filePath: '${Sequence}.ts' });
    kit.wait(86_400_000);
    expect(finalised(kit).map(([, at]) => at)).toEqual([30 * 60_000]);
    expect(kit.look('a').createdTime).toBe('2026-01-01T17:30:00.000+05:30');
  });

  it('makes up for a tick missed in a stall with the first packet after it', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { schedule: '0 */1 *', filePath: '${Sequence}.ts' });
    kit.wait(50_000);
    kit.control('source.stall', { stream: 's' });
    kit.wait(20_000);
    kit.control('source.flow', { stream: 's' });
    kit.wait(10_000);
    expect(finalised(kit)).toEqual([['0.ts', 70_000]]);
  });
});

describe('paths', () => {
  it('resolves macros, the end only when it has come', () => {
    const kit = omeKit({ zoneOffsetMinutes: 60 });
    kit.push();
    const filePath =
      '${VirtualHost}/${Application}/${SourceStream}/${Id}_${StartTime:YYYYMMDDhhmmss}_${EndTime:hhmmss}_${Odd}.ts';
    kit.start('a', { filePath });
    expect(kit.look('a').outputFilePath).toBe('default/app/s/a_20260101130000_010000_${Odd}.ts');
    kit.wait(61_000);
    kit.stop('a');
    expect(finalised(kit)[0]?.[0]).toBe('default/app/s/a_20260101130000_130101_${Odd}.ts');
  });

  it('leaves a macro alone that holds anything but letters, digits and colons', () => {
    const kit = omeKit();
    kit.push();
    const filePath = '${StartTime:YYYY-MM}_${Start Time}.ts';
    expect(kit.start('a', { filePath }).json.response.outputFilePath).toBe(filePath);
  });

  it('has default templates, and those of the application', () => {
    const kit = omeKit();
    kit.push();
    expect(kit.start('a').json.response.outputFilePath).toMatch(
      /^\/opt\/ovenmediaengine\/bin\/records\/\w{16}_default_app_s_20260101120000_19700101000000\.ts$/,
    );
    const own = omeKit({
      vhosts: [{ name: 'default', apps: [{ name: 'app', file: { filePath: '/r/${Id}.mp4' } }] }],
    });
    own.push();
    const { response } = own.start('a').json;
    expect(response.outputFilePath).toBe('/r/a.mp4');
    expect(response).not.toHaveProperty('filePath');
  });

  it('lets the later of two records overwrite the file of the earlier', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { filePath: 'same.ts' });
    kit.start('b', { filePath: 'same.ts' });
    kit.wait(1000);
    kit.stop('a');
    kit.stop('b');
    expect(kit.truth('file').map(({ recording, event }) => [recording, event])).toEqual([
      ['default/app/a#1', 'finalised'],
      ['default/app/a#1', 'overwritten'],
      ['default/app/b#2', 'finalised'],
    ]);
  });

  it('overwrites its own file after a drop when the template has no sequence', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { filePath: 'same.ts' });
    kit.wait(1000);
    kit.drop();
    kit.push();
    kit.wait(1000);
    kit.stop('a');
    expect(kit.truth('file').map(({ event }) => event)).toEqual(['finalised', 'overwritten', 'finalised']);
  });
});
