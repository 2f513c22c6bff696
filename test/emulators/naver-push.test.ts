import { describe, expect, it } from 'vitest';
import type { NaverUnknowns } from '../../src/emulators/index.ts';
import { CHANNEL, codeOf, life, naverKit, stretches, type NaverKit } from './naver-kit.ts';

/** Recorded for 10 s, then 5 s or a minute without a push, then 10 s of another, and a stop. */
function interrupted(unknowns: Partial<NaverUnknowns>, gapMs = 5_000): NaverKit {
  const kit = naverKit({ unknowns });
  kit.push();
  kit.start();
  kit.wait(10_000);
  kit.leave();
  kit.wait(gapMs);
  kit.push();
  kit.wait(10_000);
  kit.stop();
  kit.wait(1_000);
  return kit;
}

describe('a push that ends and comes back', () => {
  it('ends the recording for good, by default', () => {
    const kit = interrupted({});
    expect(life(kit)).toEqual(['0 1307133 began', '10 1307133 ended (publish end)']);
    expect(stretches(kit)).toEqual([[1_307_133, 0, 10]]);
    expect(kit.records()).toHaveLength(3);
  });

  it('ends it after a delay, or leaves it to the stop', () => {
    const later = naverKit({ unknowns: { publishEnd: 'later', publishEndDelayMs: 7_000 } });
    later.push();
    later.start();
    later.wait(10_000);
    later.leave();
    later.wait(6_999);
    expect(later.info()).toMatchObject({ channelStatus: 'READY', isRecording: true });
    expect(later.statuses()).toEqual(['RECORDING', 'RECORDING', 'RECORDING']);
    later.wait(1);
    expect(later.info()).toMatchObject({ isRecording: false });
    expect(life(later)).toEqual(['0 1307133 began', '17 1307133 ended (publish end)']);
    expect(stretches(later)).toEqual([[1_307_133, 0, 10]]);

    const stays = naverKit({ unknowns: { publishEnd: 'stays' } });
    stays.push();
    stays.start();
    stays.wait(10_000);
    stays.leave();
    stays.wait(3_600_000);
    expect(stays.info()).toMatchObject({ channelStatus: 'READY', isRecording: true });
    expect(stays.listed(stays.stop())).toMatchObject([{ duration: 10 }, { duration: 10 }, { duration: 10 }]);
    expect(life(stays)).toEqual(['0 1307133 began', '3610 1307133 ended (stop)']);
  });

  it.each(['later', 'stays'] as const)('ends a recording that %s when the push comes back', (publishEnd) => {
    const kit = interrupted({ publishEnd });
    expect(life(kit)).toEqual(['0 1307133 began', '15 1307133 ended (reconnect)']);
    expect(stretches(kit)).toEqual([[1_307_133, 0, 10]]);
  });

  it.each([
    ['ends', '10 1307133 ended (publish end)'],
    ['later', '15 1307133 ended (reconnect)'],
    ['stays', '15 1307133 ended (reconnect)'],
  ] as const)('is recorded anew by the platform (%s)', (publishEnd, end) => {
    const kit = interrupted({ publishEnd, reconnect: 'another' });
    expect(life(kit)).toEqual(['0 1307133 began', end, '15 1307134 began', '25 1307134 ended (stop)']);
    expect(stretches(kit)).toEqual([
      [1_307_133, 0, 10],
      [1_307_134, 15, 25],
    ]);
    expect(kit.records().map(({ streamSeq }) => streamSeq)).toEqual([
      361_545, 361_545, 361_545, 361_546, 361_546, 361_546,
    ]);
  });

  it('is not recorded anew by the platform once somebody has stopped', () => {
    const kit = naverKit({ unknowns: { reconnect: 'another' } });
    kit.push();
    kit.start();
    kit.leave();
    expect(codeOf(kit.stop())).toEqual([400, 250_005]);
    kit.push();
    expect(kit.info()).toMatchObject({ isRecording: false });
  });

  it.each(['ends', 'later', 'stays'] as const)('goes on in the same files (%s)', (publishEnd) => {
    const kit = interrupted({ publishEnd, reconnect: 'goes-on' });
    expect(life(kit)).toEqual(['0 1307133 began', '25 1307133 ended (stop)']);
    expect(stretches(kit)).toEqual([
      [1_307_133, 0, 10],
      [1_307_133, 15, 25],
    ]);
    expect(kit.records().map(({ duration, streamSeq }) => [duration, streamSeq])).toEqual([
      [20, 361_545],
      [20, 361_545],
      [20, 361_545],
    ]);
  });

  it.each(['ends', 'later', 'stays'] as const)('goes on in new files (%s)', (publishEnd) => {
    const kit = interrupted({ publishEnd, reconnect: 'fragments' });
    expect(life(kit)).toEqual(['0 1307133 began', '25 1307133 ended (stop)']);
    expect(
      kit.records().map(({ recordSeq, streamSeq, duration }) => [recordSeq, streamSeq, duration]),
    ).toEqual([
      ...Array.from({ length: 3 }, () => [1_307_133, 361_545, 10]),
      ...Array.from({ length: 3 }, () => [1_307_133, 361_546, 10]),
    ]);
    const files = new Set(kit.truth('media').map(({ file }) => file));
    expect(files.size).toBe(2);
  });

  it.each(['goes-on', 'fragments'] as const)(
    'that came back in time ends nothing later (%s)',
    (reconnect) => {
      const kit = naverKit({ unknowns: { reconnect } });
      kit.push();
      kit.start();
      kit.leave();
      kit.wait(5_000);
      kit.push();
      kit.wait(120_000);
      expect(kit.info()).toMatchObject({ isRecording: true });
      expect(stretches(kit)).toEqual([[1_307_133, 5, 125]]);
    },
  );

  it.each([
    ['goes-on', 'ends'],
    ['goes-on', 'later'],
    ['fragments', 'ends'],
    ['fragments', 'later'],
  ] as const)('is too late after the delay (%s, %s)', (reconnect, publishEnd) => {
    const kit = interrupted({ publishEnd, reconnect }, 60_000);
    expect(life(kit)).toEqual(['0 1307133 began', '40 1307133 ended (publish end)']);
    expect(stretches(kit)).toEqual([[1_307_133, 0, 10]]);
  });
});

it('a recording may end by itself, for its length', () => {
  const kit = naverKit({ unknowns: { longestMs: 3_600_000 } });
  kit.push();
  kit.start();
  kit.wait(3_599_999);
  expect(kit.info()).toMatchObject({ isRecording: true });
  kit.wait(1);
  expect(kit.info()).toMatchObject({ channelStatus: 'PUBLISHING', isRecording: false });
  expect(life(kit)).toEqual(['0 1307133 began', '3600 1307133 ended (longest)']);
  expect(stretches(kit)).toEqual([[1_307_133, 0, 3600]]);
});

describe('a start in the wrong moment', () => {
  it('is an error while something is recorded, with the status and code that it is given', () => {
    const kit = naverKit({ unknowns: { stateError: { status: 409, code: 250_001 } } });
    kit.push();
    kit.start();
    expect(codeOf(kit.start())).toEqual([409, 250_001]);
    expect(life(kit)).toEqual(['0 1307133 began']);
  });

  it('can be nothing at all', () => {
    const kit = naverKit({ unknowns: { doubleStart: 'same' } });
    kit.push();
    const [first, second] = [kit.start(), kit.start()];
    expect(second.status).toBe(200);
    expect(second.json).toEqual(first.json);
    expect(kit.truth('request').map(({ verdict }) => verdict)).toEqual(['applied', 'refused']);
    expect(kit.records()).toHaveLength(3);
  });

  it('can be a second recording', () => {
    const kit = naverKit({ unknowns: { doubleStart: 'another' } });
    kit.push();
    kit.start();
    kit.wait(10_000);
    expect(kit.listed(kit.start())[0]).toMatchObject({ recordSeq: 1_307_134 });
    kit.wait(10_000);
    kit.stop();
    expect(life(kit)).toEqual([
      '0 1307133 began',
      '10 1307133 ended (another start)',
      '10 1307134 began',
      '20 1307134 ended (stop)',
    ]);
    expect(stretches(kit)).toEqual([
      [1_307_133, 0, 10],
      [1_307_134, 10, 20],
    ]);
  });
});

describe('a stop in the wrong moment', () => {
  it.each([
    ['error', 400],
    ['ok', 200],
  ] as const)('is %s', (idleStop, status) => {
    const kit = naverKit({ unknowns: { idleStop } });
    kit.push();
    expect(kit.stop().status).toBe(status);
    kit.start();
    kit.stop();
    expect(kit.stop().status).toBe(status);
    expect(life(kit)).toEqual(['0 1307133 began', '0 1307133 ended (stop)']);
    const [idle, , stopped, again] = kit.truth('request');
    expect([idle!.verdict, stopped!.verdict, again!.verdict]).toEqual(['refused', 'applied', 'refused']);
  });

  it('names no channel that is not there, by status and code', () => {
    const kit = naverKit({ unknowns: { channelError: { status: 400, code: 250_002 } } });
    expect(codeOf(kit.stop('ls-20250101000000-zzzzz'))).toEqual([400, 250_002]);
  });
});

describe('a channel with immediateOnAir', () => {
  it('is recorded by the platform with each push, and stopped by stopRecord', () => {
    const kit = naverKit({ channelDefaults: { immediateOnAir: true } });
    kit.push();
    expect(kit.info()).toMatchObject({ isRecording: true, immediateOnAir: true });
    expect(codeOf(kit.start())).toEqual([400, 250_005]);
    kit.wait(10_000);
    expect(kit.stop().status).toBe(200);
    kit.wait(10_000);
    kit.leave();
    kit.push();
    kit.wait(10_000);
    kit.leave();
    expect(life(kit)).toEqual([
      '0 1307133 began',
      '10 1307133 ended (stop)',
      '20 1307134 began',
      '30 1307134 ended (publish end)',
    ]);
  });

  it('is not recorded where it may not be', () => {
    const kit = naverKit({
      channelDefaults: { immediateOnAir: true, record: { type: 'NO_RECORD', format: 'ALL' } },
    });
    kit.push();
    expect(kit.info()).toMatchObject({ isRecording: false });
  });
});

describe('a push', () => {
  it('is not taken while the channel is suspended', () => {
    const kit = naverKit();
    kit.control('block', { channel: CHANNEL });
    expect(kit.info()).toMatchObject({ channelStatus: 'FORCE_BLOCK' });
    expect(kit.push()).toEqual({ taken: false });
    kit.control('block', { channel: CHANNEL, blocked: false });
    expect(kit.push()).toEqual({ taken: true });
    expect(kit.truth('source').map(({ event, source }) => [event, source])).toEqual([
      ['denied', CHANNEL],
      ['up', CHANNEL],
    ]);
    expect(() => kit.push()).toThrow('pushes to the channel');
  });

  it('that is cut by NAVER ends its recording', () => {
    const kit = naverKit();
    kit.push();
    kit.start();
    kit.wait(5_000);
    kit.control('block', { channel: CHANNEL });
    expect(kit.info()).toMatchObject({ channelStatus: 'FORCE_BLOCK', isRecording: false });
    expect(stretches(kit)).toEqual([[1_307_133, 0, 5]]);
  });

  it.each(['PUBLISHING', 'PUBLISH'] as const)('makes a channel %s', (publishingWord) => {
    const kit = naverKit({ unknowns: { publishingWord } });
    kit.push();
    expect(kit.info()).toMatchObject({ channelStatus: publishingWord });
    const found = kit.send('GET', `/api/v2/channels?channelStatus=${publishingWord}`).json;
    expect(found.content).toMatchObject([{ channelId: CHANNEL, channelStatus: publishingWord }]);
  });

  it('goes to a channel that is there', () => {
    expect(() => naverKit().push('ls-20250101000000-zzzzz')).toThrow(
      'has no channel ls-20250101000000-zzzzz',
    );
    expect(naverKit({ anyChannel: true }).push('ls-20250101000000-zzzzz')).toEqual({ taken: true });
    expect(() => naverKit({ anyChannel: true }).push('cam1')).toThrow('has no channel cam1');
  });
});

it('a reset leaves channels and nothing else', () => {
  const kit = naverKit();
  kit.push();
  kit.start();
  kit.control('bucket');
  kit.wait(5_000);
  kit.control('reset');
  expect(kit.info()).toMatchObject({ channelStatus: 'READY', isRecording: false });
  expect(kit.records()).toEqual([]);
  expect(life(kit)).toEqual(['0 1307133 began', '5 1307133 ended (reset)']);
  kit.push();
  kit.start();
  kit.stop();
  kit.wait(60_000);
  expect(kit.statuses()).toContain('TRANSFER_FINISH');
  expect(new Set(kit.truth('file').map(({ recording }) => recording))).toEqual(
    new Set([`${CHANNEL}/1307134`]),
  );
});
