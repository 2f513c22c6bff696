import { describe, expect, it } from 'vitest';
import { omeKit, T0 } from './ome-kit.ts';
import type { OmeKit } from './ome-kit.ts';

const media = (kit: OmeKit) => kit.truth('media').map(({ from, to, file }) => [from - T0, to - T0, file]);

describe('the truth log of the emulated OvenMediaEngine', () => {
  it('records no media during a stall or a drop', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { filePath: '${Sequence}.ts' });
    kit.wait(5000);
    kit.control('source.stall', { stream: 's' });
    kit.wait(3000);
    kit.control('source.flow', { stream: 's' });
    kit.wait(2000);
    kit.drop();
    kit.wait(4000);
    kit.push();
    kit.wait(1000);
    kit.stop('a');
    expect(media(kit)).toEqual([
      [0, 5000, '0.ts'],
      [8000, 10_000, '0.ts'],
      [14_000, 15_000, '1.ts'],
    ]);
    expect(kit.truth('source').map(({ at, event, source }) => [at - T0, event, source])).toEqual([
      [0, 'up', 'default/app/s'],
      [5000, 'stalled', 'default/app/s'],
      [8000, 'flowing', 'default/app/s'],
      [10_000, 'down', 'default/app/s'],
      [14_000, 'up', 'default/app/s'],
    ]);
  });

  it('records nothing before the first key frame', () => {
    const kit = omeKit();
    kit.push({ keyframeMs: 2000 });
    kit.wait(300);
    kit.start('a', { filePath: 'x.ts' });
    kit.wait(5000);
    expect(media(kit)).toEqual([[2000, 5300, 'x.ts']]);
  });

  it('settles without doubling or losing anything', () => {
    const whole = omeKit();
    const pieces = omeKit();
    for (const kit of [whole, pieces]) {
      kit.push({ bitrate: 777_777 });
      kit.start('a', { filePath: 'x.ts' });
    }
    for (let i = 0; i < 50; i++) {
      pieces.wait(333);
      pieces.emulator.settle(pieces.clock.now());
      pieces.emulator.settle(pieces.clock.now());
    }
    whole.wait(50 * 333);
    for (const kit of [whole, pieces]) kit.stop('a');
    const sum = (kit: OmeKit) => kit.truth('media').reduce((total, entry) => total + entry.bytes, 0);
    expect(sum(pieces)).toBe(sum(whole));
    const spans = media(pieces);
    expect(spans).toHaveLength(50);
    expect(spans.every(([from], i) => from === (i === 0 ? 0 : spans[i - 1]?.[1]))).toBe(true);
    expect(media(whole)).toEqual([[0, 16_650, 'x.ts']]);
  });

  it('gives media the final name of its file where the template has an end time', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { filePath: '${EndTime:hhmmss}.ts' });
    kit.wait(1000);
    kit.control('source.stall', { stream: 's' });
    kit.wait(1000);
    kit.stop('a');
    expect(media(kit)).toEqual([[0, 1000, '120002.ts']]);
  });

  it('gives media that was settled early the temporary name, which the file entry repeats', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { filePath: '${EndTime:hhmmss}.ts' });
    kit.wait(1000);
    const [early] = kit.truth('media');
    kit.stop('a');
    expect(early?.file).toMatch(/^\.\/tmp_\w{32}$/);
    expect(kit.truth('file')).toMatchObject([{ event: 'finalised', file: '120001.ts', tmp: early?.file }]);
  });

  it('tells tasks apart that had one id, and keeps their metadata', () => {
    const kit = omeKit();
    kit.start('a', { metadata: 'session 1' });
    kit.stop('a');
    kit.start('a');
    expect(kit.truth('recording').map(({ at: _at, type: _type, ...rest }) => rest)).toEqual([
      { recording: 'default/app/a#1', event: 'began', metadata: 'session 1' },
      { recording: 'default/app/a#1', event: 'ended', reason: 'stopRecord' },
      { recording: 'default/app/a#2', event: 'began' },
    ]);
  });

  it('logs every request with its operation, verdict and recording', () => {
    const kit = omeKit();
    kit.start('a');
    kit.start('a');
    kit.look('a');
    kit.stop('a');
    kit.stop('a');
    kit.send('GET', '/v1/nowhere');
    expect(
      kit
        .truth('request')
        .map(({ op, id, verdict, status, recording }) => [op, id, verdict, status, recording]),
    ).toEqual([
      ['startRecord', '1', 'applied', 200, 'default/app/a#1'],
      ['startRecord', '2', 'refused', 400, 'default/app/a#1'],
      ['records', '3', 'applied', 200, 'default/app/a#1'],
      ['stopRecord', '4', 'applied', 200, 'default/app/a#1'],
      ['stopRecord', '5', 'refused', 404, undefined],
      ['unknown', '6', 'refused', 404, undefined],
    ]);
    expect(kit.truth('request')[4]?.detail).toBe('id=a');
  });

  it('logs no media for a file of no bytes', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { filePath: 'x.ts' });
    kit.stop('a');
    expect(media(kit)).toEqual([]);
    expect(kit.truth('file')).toMatchObject([{ event: 'finalised', file: 'x.ts' }]);
  });
});
