/** RealTimeRecordCommand of the emulated ApsaraVideo Live: its states, its preconditions, and what is recorded. */
import { describe, expect, it } from 'vitest';
import { alibabaKit, CONFIG, files, lives, livingKit, stretches, TRIPLE } from './alibaba-kit.ts';

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
});

it('the commands are refused in the order config, stream, state', () => {
  const kit = alibabaKit();
  expect(kit.command('start')).toBe('400 CodeConfigNotFound');
  kit.up();
  kit.send('AddLiveAppRecordConfig', CONFIG);
  // The push is older than the config.
  expect(kit.command('start')).toBe('400 CodeConfigNotFound');
  kit.down();
  expect(kit.command('start')).toBe('409 StreamNotFound');
  kit.up();
  expect(kit.command('stop')).toBe('409 TaskNotStarted');
  expect(kit.command('start')).toBe('200');
  expect(kit.command('start')).toBe('409 TaskAlreadyStarted');
  expect(kit.command('cancel_delay')).toBe('409 TaskNotStarted');
  expect(kit.command('stop')).toBe('200');
  expect(kit.command('stop')).toBe('409 TaskNotStarted');
  expect(kit.command('nonsense')).toBe('400 MalformedParam');
  expect(kit.command('start', { ...TRIPLE, StreamName: '*' })).toBe('400 MalformedParam');
  expect(kit.command('start', { DomainName: TRIPLE.DomainName, AppName: 'live' })).toBe('400 MissingParam');
});
