import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createHuaweiEmulator, ManualClock } from '../../src/emulators/index.ts';
import { named, read, rows, section } from './markdown.ts';

const page = read('docs/emulators.md');
const switches = section(page, 'What is not known of Huawei Cloud Live');
const sorted = (names: Iterable<string>) => [...names].toSorted((a, b) => a.localeCompare(b));
const words = (cell = '') => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!);

describe('the emulated Huawei Cloud Live, as it is described', () => {
  it('has every control', () => {
    const emulator = createHuaweiEmulator({
      clock: new ManualClock().now,
      projectId: 'p',
      accessKey: 'a',
      secretKey: 's',
    });
    const told = named(page, 'Controls of Huawei Cloud Live');
    expect(sorted(told)).toEqual(sorted(Object.keys(emulator.controls)));
  });

  it('has every option and every switch of what is unknown', () => {
    const source = readFileSync('src/emulators/huawei/options.ts', 'utf8');
    const fields = (name: string) => {
      const [, body = ''] = new RegExp(`interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(source) ?? [];
      return [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, field]) => field!);
    };
    const told = rows(switches).flatMap(([cell]) => words(cell));
    expect(sorted(told.filter((name) => name !== 'unknowns'))).toEqual(sorted(fields('HuaweiUnknowns')));
    const [, options = ''] = /\n## Huawei Cloud Live\n([\s\S]*?)\n### /.exec(page) ?? [];
    const described = rows(options).flatMap(([cell]) => words(cell));
    const common = ['clock', 'truth', 'faults'];
    expect(sorted([...described, ...common])).toEqual(sorted(fields('HuaweiEmulatorOptions')));
  });
});
