/** Command lines that stand in documents and deployment files, held against the command line that there is. */
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';

const program = createProgram();

/** What is wrong with the words after `keeprolling`; null when they are a command and options of it. */
export function commandProblem(words: readonly string[]): string | null {
  let command: Command = program;
  let rest = [...words];
  for (;;) {
    const next = command.commands.find((one) => one.name() === rest[0]);
    if (!next) break;
    command = next;
    rest = rest.slice(1);
  }
  if (command === program) return `there is no command ${words[0] ?? ''}`;
  const known = [...command.options, ...program.options];
  for (const word of rest.filter((one) => one.startsWith('--'))) {
    if (!known.some((option) => option.long === word)) return `${command.name()} has no option ${word}`;
  }
  return null;
}

/** As a shell would split it, as far as our own lines need that. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"[^"]*"|\S+/g)].map(([word]) => word);
}
