import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '@temporalio/client';
import type { Command } from 'commander';
import { CONFIGURATION_FILE } from '../../config/settings.ts';
import { addAttributes, attributeSteps, missingAttributes, type Attribute } from '../attributes.ts';
import { answer, type Context } from '../context.ts';
import { newInstallationId } from '../dev/data-folder.ts';
import { failureOf, failureText, type CliFailure } from '../failure.ts';
import { command } from '../run.ts';

const CALL_MS = 2_000;

interface Attributes {
  namespace: string;
  added: string[];
  present: boolean;
  /** To be run by somebody who may. */
  steps: string[];
  error: CliFailure | null;
}

interface Installation {
  id: string;
  /** It stands in the configuration now. */
  configured: boolean;
  written: string | null;
}

export function setupCommand(program: Command): void {
  program
    .command('setup')
    .description(
      'register the search attributes on the namespace, and propose an installation id; harmless to repeat',
    )
    .option('--write', 'add the installation id to the configuration')
    .action(
      command<{ write?: boolean }>(async (context, _args, { write }) => {
        const installation = installationOf(context, write === true);
        const attributes = await register(context);
        const { error, ...told } = attributes;
        const data = {
          installation,
          searchAttributes: {
            ...told,
            ...(error && { error: { code: error.code, message: error.message } }),
          },
        };
        answer(context, data, () =>
          [...attributeLines(attributes), ...installationLines(installation)].join('\n'),
        );
        return error?.exit ?? 0;
      }),
    );
}

async function register(context: Context): Promise<Attributes> {
  const { reachOf } = await import('../../client/reach.ts');
  const { SEARCH_ATTRIBUTES } = await import('../../contract/search-attributes.ts');
  const all = Object.entries(SEARCH_ATTRIBUTES) as Attribute[];
  const reach = reachOf(context.settings(), context.env, { payloadCodecs: [] });
  const { namespace } = reach;
  let missing = all;
  try {
    missing = await reach.within(CALL_MS, async ({ connection }) =>
      missingAttributes(connection as Connection, namespace),
    );
    if (missing.length > 0) {
      await reach.within(CALL_MS, async ({ connection }) =>
        addAttributes(connection as Connection, namespace, missing),
      );
    }
    return { namespace, added: missing.map(([name]) => name), present: true, steps: [], error: null };
  } catch (error) {
    return {
      namespace,
      added: [],
      present: false,
      steps: attributeSteps(namespace, missing),
      error: refusalOf(error),
    };
  } finally {
    await reach.close();
  }
}

/** A server that does not let us is no failure of ours: somebody else takes the steps. */
function refusalOf(error: unknown): CliFailure | null {
  const failure = failureOf(error);
  return failure.code === 'E_INTERNAL' ? null : failure;
}

function attributeLines({ namespace, added, present, steps, error }: Attributes): string[] {
  if (present) {
    return [
      added.length === 0
        ? `search attributes: all are registered on namespace ${namespace}`
        : `search attributes: registered ${added.join(', ')} on namespace ${namespace}`,
    ];
  }
  const why = error ? failureText(error) : 'this server does not let us register them';
  return [
    `search attributes: ${why}`,
    '  somebody who may can run (sessions work without them; only searching does not):',
    ...steps.map((step) => `    ${step}`),
  ];
}

function installationOf(context: Context, write: boolean): Installation {
  const settings = context.settings();
  if (settings.hasInstallation()) return { id: settings.installation(), configured: true, written: null };
  const id = newInstallationId();
  if (!write) return { id, configured: false, written: null };
  const file = settings.file ?? join(context.cwd, CONFIGURATION_FILE);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  // A line of its own at the end: nothing that stands there is touched.
  appendFileSync(file, `${before === '' || before.endsWith('\n') ? '' : '\n'}installation: ${id}\n`);
  return { id, configured: true, written: file };
}

function installationLines({ id, configured, written }: Installation): string[] {
  if (written !== null) return [`installation: ${id} was added to ${written}`];
  if (configured) return [`installation: ${id}`];
  return [
    'installation: none yet. Add this line to keeprolling.yaml (or let setup --write do it), and never change it:',
    `  installation: ${id}`,
  ];
}
