/**
 * Completion of the command line. Which words may come next is worked out by @bomb.sh/tab from our commander program, and
 * with it the names that the configuration knows; nobody is called. Its script for bash wants another package and evaluates
 * what was typed, so that shell has a script of our own.
 */
import { readdirSync } from 'node:fs';
import type { Command } from 'commander';
import type { RootCommand } from '@bomb.sh/tab';
import { CLOUD, emulatedVendors } from '../emulators/names.ts';
import { createContext, type Context } from './context.ts';
import { environment } from './environment.ts';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];
const NAME = 'keeprolling';
/** The scripts call the executable with this word, then `--`, then what was typed. */
const ASKED = 'complete';

/** The words after the name of the program that a script asks about; null for any other call. */
export function completionAsked(argv: string[]): string[] | null {
  const [, , asked, dashes, ...words] = argv;
  return asked === ASKED && dashes === '--' ? words : null;
}

/** Prints what may stand for the last word, one a line. */
export async function complete(commands: Command, words: string[]): Promise<void> {
  const tree = await treeOf(commands);
  const config = words.indexOf('--config');
  const named = config < 0 ? undefined : words[config + 1];
  const context = createContext(environment, named === undefined ? {} : { config: named });
  addNames(tree, context, words.at(-1) ?? '');
  tree.parse([...words]);
}

export async function completionScript(commands: Command, shell: Shell): Promise<void> {
  if (shell === 'bash') process.stdout.write(BASH);
  else (await treeOf(commands)).setup(NAME, NAME, shell);
}

async function treeOf(commands: Command): Promise<RootCommand> {
  const { default: tab } = await import('@bomb.sh/tab/commander');
  return tab(commands, { completionCommandName: 'completion' });
}

/** What may stand for an argument or an option of this name, whichever command has it. */
function valuesOf(context: Context, typed: string): Record<string, () => string[]> {
  const { accountNames, receiverNames, destinationNames } = configured(context);
  return {
    account: accountNames,
    receiver: receiverNames,
    storage: destinationNames,
    file: () => documents(typed),
    config: () => documents(typed),
    state: () => ['open', 'closed', 'all'],
    vendor: () => [...emulatedVendors(), CLOUD],
    emulators: () => emulatedVendors(),
    vendors: () => [...context.registry.keys()],
  };
}

/** Of a configuration that is not there or not right, no names. */
function configured(
  context: Context,
): Record<'accountNames' | 'receiverNames' | 'destinationNames', () => string[]> {
  const names = (which: 'accountNames' | 'receiverNames' | 'destinationNames') => () => {
    try {
      return context.settings()[which]();
    } catch {
      return [];
    }
  };
  return {
    accountNames: names('accountNames'),
    receiverNames: names('receiverNames'),
    destinationNames: names('destinationNames'),
  };
}

function addNames(tree: RootCommand, context: Context, typed: string): void {
  const values = valuesOf(context, typed);
  for (const command of [tree, ...tree.commands.values()]) {
    for (const [name, taker] of [...command.arguments, ...command.options]) {
      const known = values[name];
      if (known === undefined || ('isBoolean' in taker && taker.isBoolean)) continue;
      taker.handler = (tell) => known().forEach((one) => tell(one, ''));
    }
  }
}

/** YAML files and folders where the typed word points to. */
function documents(typed: string): string[] {
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.'))
      .filter((entry) => entry.isDirectory() || /\.ya?ml$/.test(entry.name))
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`);
  } catch {
    return [];
  }
}

const BASH = `\
# bash completion for ${NAME}: source <(${NAME} completion bash)
_${NAME}() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    [[ $line == :* ]] || COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("\${COMP_WORDS[0]}" ${ASKED} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  # A folder is gone into.
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]]; then compopt -o nospace; fi
}
complete -F _${NAME} ${NAME}
`;
