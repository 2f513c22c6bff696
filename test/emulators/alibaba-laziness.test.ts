/** However seldom anybody looks at the emulated ApsaraVideo Live, the same has happened. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AlibabaUnknowns, TruthEntry } from '../../src/emulators/index.ts';
import { deliver, files, lives, livingKit, stretches, type AlibabaKit } from './alibaba-kit.ts';

const SECOND = 1000;

interface Step {
  afterS: number;
  what: 'start' | 'stop' | 'cancel_delay' | 'restart' | 'up' | 'down' | 'stall' | 'flow' | 'cut';
}

const steps = fc.array(
  fc.record<Step>({
    afterS: fc.integer({ min: 0, max: 120 }),
    what: fc.constantFrom('start', 'stop', 'cancel_delay', 'restart', 'up', 'down', 'stall', 'flow', 'cut'),
  }),
  { minLength: 1, maxLength: 25 },
);
const unknowns = fc.record<Partial<AlibabaUnknowns>>({
  manualDrop: fc.constantFrom('ends', 'survives'),
  startWhenPaused: fc.constantFrom('same-file', 'new-file', 'refused'),
});

const COMMANDS = ['start', 'stop', 'cancel_delay', 'restart'];
const CONTROLS: Partial<Record<Step['what'], string>> = { up: 'start', down: 'stop' };

function take(kit: AlibabaKit, what: Step['what']): void {
  if (COMMANDS.includes(what)) return void kit.command(what);
  try {
    kit.control(`source.${CONTROLS[what] ?? what}`, { stream: 'cam1' });
  } catch {
    // An encoder that pushes already does not begin again.
  }
}

function play(
  script: Step[],
  positions: Partial<AlibabaUnknowns>,
  onDemand: number,
  everyMs: number,
): AlibabaKit {
  const kit = livingKit(
    { unknowns: positions, callbacks: { url: 'https://hooks.test/' } },
    { DelayTime: 60, OnDemand: onDemand, 'RecordFormat.1.CycleDuration': 90 },
  );
  const until = (at: number): void => {
    const looks = everyMs === 0 ? 0 : Math.floor((at - kit.clock.now() - 1) / everyMs);
    for (let look = 0; look < looks; look += 1) {
      kit.wait(everyMs);
      kit.emulator.settle(kit.clock.now());
    }
    deliver(kit, at);
  };
  for (const { afterS, what } of script) {
    until(kit.clock.now() + afterS * SECOND);
    take(kit, what);
  }
  until(kit.clock.now() + 600 * SECOND);
  return kit;
}

const callbacks = (kit: AlibabaKit) =>
  kit.truth('callback').map(({ event }: Extract<TruthEntry, { type: 'callback' }>) => event);

it('a life that is looked at every few seconds is the one that nobody looked at', () => {
  fc.assert(
    fc.property(steps, unknowns, fc.constantFrom(0, 7), (script, positions, onDemand) => {
      const [seldom, often] = [0, 3_700].map((every) => play(script, positions, onDemand, every)) as [
        AlibabaKit,
        AlibabaKit,
      ];
      expect(stretches(often)).toEqual(stretches(seldom));
      expect(files(often)).toEqual(files(seldom));
      expect(lives(often)).toEqual(lives(seldom));
      expect(callbacks(often)).toEqual(callbacks(seldom));
    }),
    { numRuns: 60 },
  );
});

it('never two recordings live at once, media only within them, and every file that had media is told once', () => {
  fc.assert(
    fc.property(steps, unknowns, fc.constantFrom(0, 7), (script, positions, onDemand) => {
      const kit = play(script, positions, onDemand, 0);
      take(kit, 'down');
      kit.wait(100 * SECOND);
      const events = kit.truth('recording');
      expect(events.map(({ event }) => event)).toEqual(
        events.map((_, i) => (i % 2 === 0 ? 'began' : 'ended')),
      );
      for (const { recording, from, to } of kit.truth('media')) {
        const [began, ended] = events.filter((one) => one.recording === recording);
        expect([from >= began!.at, to <= ended!.at, to > from]).toEqual([true, true, true]);
      }
      const tmps = new Set(kit.truth('media').map(({ file }) => file));
      const told = kit.truth('file').map(({ tmp = '' }) => tmp);
      expect(told).toHaveLength(tmps.size);
      expect(new Set(told)).toEqual(tmps);
    }),
    { numRuns: 100 },
  );
});
