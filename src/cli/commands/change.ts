/** change: what is recorded, how or where to, while it goes on. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { parseDocument } from 'yaml';
import type { SessionChange } from '../../client/types.ts';
import type { Json } from '../../session/facts.ts';
import { withClient } from '../client.ts';
import { answer, type Context } from '../context.ts';
import { usageError } from '../failure.ts';
import { commandExit, commandText } from '../render/results.ts';
import { command } from '../run.ts';
import { authorOf, withAuthor, wholeSession } from './control.ts';

interface Options {
  subscribe?: string;
  layout?: string;
  publish?: string;
  storage?: string;
  refreshStorage?: boolean;
  by?: string;
  reason?: string;
  id?: string;
}

export function changeCommand(program: Command): void {
  const self = program
    .command('change <session>')
    .description(
      'change what is recorded, how or where to, while it goes on. <session> is a whole id, name, name@start or key. Values are YAML or JSON in the words of the vendor, or @FILE',
    )
    .option('--subscribe <value>', 'whose streams: {subscribeAudioUids: ["123"]}, or @FILE')
    .option('--layout <value>', 'how they are arranged: YAML or JSON, or @FILE')
    .option('--publish <value>', 'where it is pushed to, addresses as {secret: name}, or @FILE')
    .option('--storage <destination>', 'where files go from now on: a name under destinations')
    .option('--refresh-storage', 'new credentials for the place that files go to');
  withAuthor(self).action(
    command<Options>(async (context, [session], options) => {
      // What is wrong by itself is told before anybody is asked.
      const wanted = await changeOf(context, options);
      const result = await withClient(context, async (client) => {
        const handle = await wholeSession(client, session!);
        return await handle.change(wanted, authorOf(context, options));
      });
      answer(context, result, () =>
        commandText('change', result, { now: context.now(), zone: context.zone }),
      );
      return commandExit(result);
    }),
  );
}

export async function changeOf(context: Pick<Context, 'cwd'>, options: Options): Promise<SessionChange> {
  const { storage, refreshStorage } = options;
  if (storage !== undefined && refreshStorage)
    throw usageError(
      '--storage moves the files and brings its own credentials; leave out --refresh-storage.',
    );
  const change: SessionChange = {};
  for (const kind of ['subscribe', 'layout', 'publish'] as const) {
    const text = options[kind];
    if (text !== undefined) change[kind] = await valueOf(context, `--${kind}`, text);
  }
  if (storage !== undefined) change.storage = { destination: storage };
  if (refreshStorage) change.storage = { refresh: 'now' };
  if (Object.keys(change).length > 0) return change;
  throw usageError('change needs --subscribe, --layout, --publish, --storage or --refresh-storage.');
}

/** Nothing of the text is quoted: it might hold a secret. */
async function valueOf({ cwd }: Pick<Context, 'cwd'>, option: string, text: string): Promise<Json> {
  const file = text.startsWith('@') ? text.slice(1) : null;
  const source = file === null ? text : await readFile(resolve(cwd, file), 'utf8').catch(() => undefined);
  if (source === undefined) throw usageError(`${option}: the file ${file} cannot be read.`, { option, file });
  const document = parseDocument(source, { prettyErrors: true });
  const [error] = document.errors;
  if (!error) return document.toJS() as Json;
  const at = error.linePos?.[0];
  const place = at ? ` (line ${at.line}, column ${at.col})` : '';
  const what = file === null ? 'the value' : `the file ${file}`;
  throw usageError(`${option}: ${what} is neither YAML nor JSON${place}.`, { option });
}
