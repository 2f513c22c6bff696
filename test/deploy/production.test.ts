/** docs/production.md: every command exists, and whatever can page somebody has its line. */
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/contract/errors.ts';
import { blocks, code, read, rows, section } from '../docs/markdown.ts';
import { commandProblem, wordsOf } from './commands.ts';

const text = read('docs/production.md');

/** They answer whoever has just asked, and page nobody. */
const ANSWERS = [
  'E_SPEC_INVALID',
  'E_COMMAND_INVALID',
  'E_USAGE',
  'E_INSTALLATION_MISSING',
  'E_SESSION_UNKNOWN',
  'E_SESSION_AMBIGUOUS',
  'E_SESSION_ENDED',
  'E_SCHEDULE_UNKNOWN',
  'E_SCHEDULE_EXISTS',
  'E_TARGET_BUSY',
  'E_REQUEST_CONFLICT',
  'E_REQUEST_UNDECIDED',
  'E_INSTALLATION_ALIVE',
  'E_SERVER_UNAVAILABLE',
];
const WHO = ['you', 'vendor', 'destination', 'source', 'keeprolling'];

describe('docs/production.md', () => {
  it('gives commands that there are', () => {
    const spans = [...text.matchAll(/`(?:node bin\/)?keeprolling(?:\.js)? ([^`]+)`/g)].map(
      ([, words]) => words!,
    );
    const lines = blocks(text, 'sh').flatMap((block) =>
      [...block.matchAll(/^(?:.* bin\/)?keeprolling(?:\.js)? (.+)$/gm)].map(([, words]) => words!),
    );
    expect(spans.length).toBeGreaterThan(20);
    expect(lines.length).toBeGreaterThan(3);
    const wrong = [...spans, ...lines].flatMap((line) => commandProblem(wordsOf(line)) ?? []);
    expect(wrong).toEqual([]);
  });

  it('has a line for every code that can page somebody', () => {
    const codes = rows(section(text, 'Codes')).map(([cell]) => code(cell));
    const wanted = Object.keys(ERRORS).filter((one) => !ANSWERS.includes(one));
    expect(codes.toSorted()).toEqual(wanted.toSorted());
  });

  it('says of each alert and code who acts, and what is to be done', () => {
    const lines = [...rows(section(text, 'Alerts')), ...rows(section(text, 'Codes'))];
    expect(lines.filter(([, means, who, what]) => !means || !WHO.includes(who!) || !what)).toEqual([]);
  });
});
