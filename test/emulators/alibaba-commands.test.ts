/** RealTimeRecordCommand of the emulated ApsaraVideo Live: its states, its preconditions, and what is recorded. */
import { describe, expect, it } from 'vitest';
import {
  alibabaKit,
  CONFIG,
  files,
  lives,
  livingKit,
  stretches,
  TRIPLE,
  type AlibabaKit,
} from './alibaba-kit.ts';

const SECOND = 1000;

describe('a manual recording', () => {
  it('begins when it is commanded, pauses with stop, and ends with cancel_delay', () => {
    const kit = livingKit();
    kit.wait(5 * SECOND);
    expect(kit.command('start')).toBe('200');
    kit.wait(60 * SECOND);
    expect(kit.command('stop')).toBe('200');
    kit.wait(10 * SECOND);
    expect(files(kit)).toEqual([]);
    expect(kit.command('cancel_delay')).toBe('200');
    expect(stretches(kit)).toEqual([[5, 65]]);
    expect(files(kit)).toEqual([[75, 'finalised', 5, 65]]);
    expect(lives(kit)).toEqual([
      [5, 'began'],
      [75, 'stop'],
    ]);
  });

  it('has its file when the delay of its pause is over', () => {
    const kit = livingKit({}, { DelayTime: 30 });
    kit.command('start');
    kit.wait(60 * SECOND);
    kit.command('stop');
    kit.wait(100 * SECOND);
    expect(files(kit)).toEqual([[90, 'finalised', 0, 60]]);
    expect(lives(kit)).toEqual([
      [0, 'began'],
      [90, 'stop'],
    ]);
    expect(kit.command('cancel_delay')).toBe('409 TaskNotStarted');
    expect(kit.command('start')).toBe('200');
  });

  it('takes what comes, and nothing while nothing comes', () => {
    const kit = livingKit();
    kit.command('start');
    kit.wait(20 * SECOND);
    kit.control('source.stall', { stream: 'cam1' });
    kit.wait(5 * SECOND);
    kit.control('source.flow', { stream: 'cam1' });
    kit.wait(20 * SECOND);
    expect(stretches(kit)).toEqual([
      [0, 20],
      [25, 45],
    ]);
  });

  it('is cut by restart: the file at once, and another recording', () => {
    const kit = livingKit();
    kit.command('start');
    kit.wait(30 * SECOND);
    expect(kit.command('restart')).toBe('200');
    expect(kit.command('restart')).toBe('200');
    kit.wait(10 * SECOND);
    kit.command('stop');
    kit.command('restart');
    kit.wait(10 * SECOND);
    expect(files(kit)).toEqual([
      [30, 'finalised', 0, 30],
      [40, 'finalised', 30, 40],
    ]);
    expect(stretches(kit)).toEqual([[0, 50]]);
    expect(new Set(kit.truth('recording').map(({ recording }) => recording)).size).toBe(4);
  });

  it('may be one that began by itself', () => {
    const kit = livingKit({}, { OnDemand: 0 });
    expect(kit.command('start')).toBe('409 TaskAlreadyStarted');
    kit.wait(20 * SECOND);
    expect(kit.command('stop')).toBe('200');
    expect(kit.command('cancel_delay')).toBe('200');
    expect(files(kit)).toEqual([[20, 'finalised', 0, 20]]);
  });
});

describe('what the pages leave open', () => {
  it.each([
    ['config', 30],
    ['180s', 180],
  ] as const)('stop waits for the delay of the config, or for 180 s: %s', (stopDelay, seconds) => {
    const kit = livingKit({ unknowns: { stopDelay } }, { DelayTime: 30 });
    kit.command('start');
    kit.wait(10 * SECOND);
    kit.command('stop');
    kit.wait(300 * SECOND);
    expect(files(kit)).toEqual([[10 + seconds, 'finalised', 0, 10]]);
  });

  it.each([
    ['refused', '409 TaskNotStarted'],
    ['starts', '200'],
  ] as const)(
    'restart of a recording that has ended is refused, or starts one: %s',
    (restartAfterEnd, said) => {
      const kit = livingKit({ unknowns: { restartAfterEnd } });
      expect(kit.command('restart')).toBe('409 TaskNotStarted');
      kit.command('start');
      kit.wait(SECOND);
      kit.command('stop');
      kit.command('cancel_delay');
      expect(kit.command('restart')).toBe(said);
      kit.down();
      kit.up();
      expect(kit.command('restart')).toBe('409 TaskNotStarted');
    },
  );
});

describe('start while stop waits for its delay', () => {
  const paused = (startWhenPaused: 'same-file' | 'new-file' | 'refused', pauseEvents = true): AlibabaKit => {
    const kit = livingKit({ unknowns: { startWhenPaused, pauseEvents } });
    kit.command('start');
    kit.wait(10 * SECOND);
    kit.command('stop');
    kit.wait(5 * SECOND);
    return kit;
  };

  it('goes on in the same file, under an identity of its own', () => {
    const kit = paused('same-file');
    expect(kit.command('start')).toBe('200');
    kit.wait(10 * SECOND);
    kit.command('stop');
    kit.command('cancel_delay');
    expect(files(kit)).toEqual([[25, 'finalised', 0, 25]]);
    expect(stretches(kit)).toEqual([
      [0, 10],
      [15, 25],
    ]);
    const [first, second] = kit.truth('recording').filter(({ event }) => event === 'began');
    expect(first!.recording).not.toBe(second!.recording);
    expect(lives(kit)).toEqual([
      [0, 'began'],
      [15, 'started again'],
      [15, 'began'],
      [25, 'stop'],
    ]);
  });

  it('makes the file and begins another', () => {
    const kit = paused('new-file');
    expect(kit.command('start')).toBe('200');
    kit.wait(10 * SECOND);
    kit.command('stop');
    kit.command('cancel_delay');
    expect(files(kit)).toEqual([
      [15, 'finalised', 0, 10],
      [25, 'finalised', 15, 25],
    ]);
  });

  it('is refused, and the delay goes on', () => {
    const kit = paused('refused');
    expect(kit.command('start')).toBe('409 TaskAlreadyStarted');
    kit.wait(300 * SECOND);
    expect(files(kit)).toEqual([[190, 'finalised', 0, 10]]);
    expect(kit.command('start')).toBe('200');
  });
});

describe('a push that ends', () => {
  const dropped = (manualDrop: 'ends' | 'survives', awayMs: number, onDemand = 7): AlibabaKit => {
    const kit = livingKit({ unknowns: { manualDrop } }, { DelayTime: 60, OnDemand: onDemand });
    if (onDemand === 7) kit.command('start');
    kit.wait(20 * SECOND);
    kit.down();
    kit.wait(awayMs);
    kit.up();
    kit.wait(10 * SECOND);
    return kit;
  };

  it('ends a manual recording, whose file comes after the delay, and a return does not resume it', () => {
    const kit = dropped('ends', 30 * SECOND);
    expect(stretches(kit)).toEqual([[0, 20]]);
    expect(lives(kit)).toEqual([
      [0, 'began'],
      [20, 'push gone'],
    ]);
    expect(kit.command('stop')).toBe('409 TaskNotStarted');
    expect(files(kit)).toEqual([]);
    kit.wait(30 * SECOND);
    expect(files(kit)).toEqual([[80, 'finalised', 0, 20]]);
    expect(kit.command('start')).toBe('200');
  });

  it.each([
    ['manual where it survives', 'survives', 7],
    ['automatic', 'ends', 0],
  ] as const)(
    'within the delay leaves a recording going in the same file: %s',
    (_which, manualDrop, onDemand) => {
      const kit = dropped(manualDrop, 30 * SECOND, onDemand);
      kit.command('stop');
      kit.command('cancel_delay');
      expect(stretches(kit)).toEqual([
        [0, 20],
        [50, 60],
      ]);
      expect(files(kit)).toEqual([[60, 'finalised', 0, 60]]);
      expect(kit.truth('recording').filter(({ event }) => event === 'began')).toHaveLength(1);
    },
  );

  it.each([
    ['manual where it survives', 'survives', 7, []],
    ['automatic', 'ends', 0, [[110, 'began']]],
  ] as const)('for longer than the delay ends the recording: %s', (_which, manualDrop, onDemand, after) => {
    const kit = dropped(manualDrop, 90 * SECOND, onDemand);
    expect(files(kit)).toEqual([[80, 'finalised', 0, 20]]);
    expect(lives(kit)).toEqual([[0, 'began'], [80, 'push gone'], ...after]);
  });

  it('while a recording is paused ends it; its file comes when the pause would have ended', () => {
    const kit = livingKit({}, { DelayTime: 60 });
    kit.command('start');
    kit.wait(20 * SECOND);
    kit.command('stop');
    kit.wait(10 * SECOND);
    kit.down();
    kit.up();
    expect(kit.command('cancel_delay')).toBe('409 TaskNotStarted');
    kit.wait(100 * SECOND);
    expect(files(kit)).toEqual([[80, 'finalised', 0, 20]]);
  });

  it('is one whose encoder has been silent for 10 s', () => {
    const kit = livingKit();
    kit.command('start');
    kit.wait(20 * SECOND);
    kit.control('source.stall', { stream: 'cam1' });
    kit.wait(10 * SECOND);
    expect(lives(kit).at(-1)).toEqual([30, 'push gone']);
    expect(kit.command('stop')).toBe('409 StreamNotFound');
    kit.control('source.flow', { stream: 'cam1' });
    expect(kit.command('start')).toBe('200');
  });
});

describe('the commands are refused in the order config, stream, state', () => {
  const walk = (kit: AlibabaKit): string[] => {
    const said = [kit.command('start')];
    kit.up();
    kit.send('AddLiveAppRecordConfig', CONFIG);
    // The push is older than the config.
    said.push(kit.command('start'));
    kit.down();
    said.push(kit.command('stop'));
    kit.up();
    for (const command of [
      'stop',
      'cancel_delay',
      'restart',
      'start',
      'start',
      'cancel_delay',
      'stop',
      'stop',
    ])
      said.push(kit.command(command));
    return said;
  };
  const ON_THE_WAY = [
    '409 Wrong',
    '409 Wrong',
    '409 Wrong',
    '200',
    '409 TaskAlreadyStarted',
    '409 Wrong',
    '200',
  ];

  it('in the codes of the current edition', () => {
    expect(walk(alibabaKit({ unknowns: { wrongStateCode: 'Wrong' } }))).toEqual([
      '400 CodeConfigNotFound',
      '400 CodeConfigNotFound',
      '409 StreamNotFound',
      ...ON_THE_WAY,
      '409 Wrong',
    ]);
  });

  it('and in those of 2018', () => {
    expect(walk(alibabaKit({ unknowns: { wrongStateCode: 'Wrong', codes: '2018' } }))).toEqual([
      '404 InvalidConfig.NotFound',
      '404 InvalidConfig.NotFound',
      '404 InvalidStream.NotFound',
      ...ON_THE_WAY,
      '409 Wrong',
    ]);
  });

  it.each([
    ['current', '400 MissingParam'],
    ['2018', '400 MissingCommand'],
  ] as const)('and their parameters are there and well formed: %s', (codes, missing) => {
    const kit = alibabaKit({ unknowns: { codes } });
    expect(kit.code('RealTimeRecordCommand', TRIPLE)).toBe(missing);
    expect(kit.command('nonsense')).toBe('400 MalformedParam');
    expect(kit.command('start', { ...TRIPLE, StreamName: '*' })).toBe('400 MalformedParam');
    expect(kit.command('start', { ...TRIPLE, DomainName: 'push.example.com' })).toBe(
      '404 InvalidDomain.NotFound',
    );
  });
});

it('a request of the truth log names the command, and the recording that it began or ended', () => {
  const kit = livingKit();
  kit.command('start');
  kit.wait(SECOND);
  kit.command('stop');
  kit.command('cancel_delay');
  const id = kit.truth('recording')[0]!.recording;
  expect(kit.truth('request').slice(1)).toMatchObject([
    {
      op: 'RealTimeRecordCommand',
      verdict: 'applied',
      recording: id,
      detail: 'start play.example.com/live/cam1',
    },
    { verdict: 'applied', recording: id, detail: 'stop play.example.com/live/cam1' },
    { verdict: 'applied', recording: id, detail: 'cancel_delay play.example.com/live/cam1' },
  ]);
});

it('whoever runs the emulator says what stands beside a recording in the truth log', () => {
  const kit = livingKit({ metadata: ({ stream }, at) => `${stream} at ${at}` });
  kit.command('start');
  expect(kit.truth('recording')[0]!.metadata).toBe(`cam1 at ${kit.clock.now()}`);
});

describe('every fault of every kind', () => {
  it.each([
    ['refused', '403 Forbidden', 'refused'],
    ['throttled', '400 Throttling.User', 'refused'],
    ['not-found', '409 StreamNotFound', 'refused'],
    ['error-unapplied', '500 InternalError', 'refused'],
    ['error-applied', '500 InternalError', 'applied-reply-lost'],
  ] as const)('%s', (kind, said, verdict) => {
    const kit = livingKit();
    kit.control('faults', { op: 'RealTimeRecordCommand', kind });
    expect(kit.command('start')).toBe(said);
    expect(kit.truth('request').at(-1)).toMatchObject({ verdict });
    expect(lives(kit)).toHaveLength(verdict === 'refused' ? 0 : 1);
  });

  it.each([
    ['reply-lost', { kind: 'reset' }],
    ['reset', { kind: 'reset' }],
    ['late', { kind: 'response', delayMs: 600_000 }],
    ['malformed', { kind: 'response', delayMs: 0 }],
  ] as const)('%s', (kind, said) => {
    const kit = livingKit();
    kit.control('faults', { op: 'RealTimeRecordCommand', kind });
    const answer = kit.answer('RealTimeRecordCommand', { ...TRIPLE, Command: 'start' });
    expect(lives(kit)).toHaveLength(kind === 'reset' ? 0 : 1);
    expect(answer).toMatchObject(said);
    expect(kit.truth('request').at(-1)).toMatchObject({
      verdict: kind === 'reset' ? 'refused' : 'applied-reply-lost',
    });
  });

  it('the vendor is unavailable, or away', () => {
    const kit = livingKit();
    kit.control('faults', { op: '*', kind: 'error-unapplied', status: 503 });
    expect(kit.command('start')).toBe('503 ServiceUnavailable');
    kit.control('restart', { downMs: 1000 });
    expect(kit.answer('DescribeLiveStreamState', TRIPLE)).toEqual({ kind: 'refused' });
    kit.wait(1000);
    expect(kit.command('start')).toBe('200');
  });
});
