import type { Command } from 'commander';
import { ERRORS } from '../../contract/errors.ts';
import { loadDataConverter } from '../../config/codec.ts';
import type { Settings } from '../../config/settings.ts';
import type { Check } from '../../recorders/recorder.ts';
import { answer, type Context } from '../context.ts';
import { accountChecks } from '../doctor/accounts.ts';
import { currentLevel } from '../doctor/behaviour.ts';
import { bad, good } from '../doctor/checks.ts';
import { toldChecks } from '../doctor/told.ts';
import { failureOf } from '../failure.ts';
import { checksText } from '../render/checks.ts';
import { command } from '../run.ts';

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('look at configuration, server, queues, archive, accounts and receivers; say what to do')
    .action(
      command(async (context) => {
        const checks = await examine(context);
        const ok = checks.every((one) => one.ok);
        answer(context, { ok, checks }, () => checksText(checks));
        return ok ? 0 : ERRORS.E_UNHEALTHY.exit;
      }),
    );
}

async function examine(context: Context): Promise<Check[]> {
  let settings: Settings;
  try {
    settings = context.settings();
  } catch (error) {
    const { message } = failureOf(error);
    return [bad('configuration', message, 'mend it; everything else needs it'), currentLevel()];
  }
  const [{ Agent }, { reachOf }, { serverChecks }, { archiveChecks }, { behaviourCheck }] = await Promise.all(
    [
      import('undici'),
      import('../../client/reach.ts'),
      import('../doctor/server.ts'),
      import('../doctor/archive.ts'),
      import('../doctor/levels.ts'),
    ],
  );
  const dispatcher = new Agent({ connect: { timeout: 2_000 } });
  // Memos are read through it.
  const codec: Check[] = [];
  const converter = await loadDataConverter(settings.codec()).catch((error: unknown) => {
    codec.push(bad('codec', failureOf(error).message, 'mend the module; clients and workers need the same'));
    return undefined;
  });
  const reach = reachOf(settings, context.env, { payloadCodecs: converter?.payloadCodecs ?? [] });
  try {
    const found = await Promise.all([
      ...serverChecks(reach, settings, context.now),
      ...archiveChecks(settings, reach, context.now),
      ...accountChecks(settings, context.registry, dispatcher, context.now),
      behaviourCheck(settings, reach),
    ]);
    const told = toldChecks(settings, context.registry);
    return [...configurationChecks(settings), ...codec, ...found.flat(), ...told];
  } finally {
    await Promise.all([dispatcher.destroy(), reach.close()]);
  }
}

function configurationChecks(settings: Settings): Check[] {
  const where = settings.file ?? 'no keeprolling.yaml: defaults alone';
  const accounts = settings.accountNames();
  return [
    accounts.length > 0
      ? good('configuration', `${where}; accounts: ${accounts.join(', ')}`)
      : bad('configuration', `${where}; it has no accounts`, 'add one under accounts in keeprolling.yaml'),
    settings.hasInstallation()
      ? good('installation', settings.installation())
      : bad('installation', 'it has no id: no session can be started', 'keeprolling setup proposes one'),
  ];
}
