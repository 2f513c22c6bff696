import type { Command } from 'commander';
import { ERRORS } from '../../contract/errors.ts';
import type { Settings } from '../../config/settings.ts';
import type { Check } from '../../recorders/recorder.ts';
import { BEHAVIOUR } from '../../session/begin.ts';
import { answer, type Context } from '../context.ts';
import { accountChecks } from '../doctor/accounts.ts';
import { archiveCheck } from '../doctor/archive.ts';
import { bad, bounded, good } from '../doctor/checks.ts';
import { failureOf } from '../failure.ts';
import { checksText } from '../render/checks.ts';
import { command } from '../run.ts';

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('look at configuration, server, queues, archive and every account; say what to do')
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
  const level = good('behaviour', `new sessions begin with level ${BEHAVIOUR}, the only one there is`);
  let settings: Settings;
  try {
    settings = context.settings();
  } catch (error) {
    const { message } = failureOf(error);
    return [bad('configuration', message, 'mend it; everything else needs it'), level];
  }
  const [{ Agent }, { reachOf }, { serverChecks }] = await Promise.all([
    import('undici'),
    import('../../client/reach.ts'),
    import('../doctor/server.ts'),
  ]);
  const dispatcher = new Agent({ connect: { timeout: 2_000 } });
  const reach = reachOf(settings, context.env, { payloadCodecs: [] });
  try {
    const found = await Promise.all([
      ...serverChecks(reach, settings, context.now),
      bounded(
        'archive',
        async () => [await archiveCheck(settings.archiveDirectory())],
        () => bad('archive', 'it cannot be looked at', 'see whether its folder is mounted'),
      ),
      ...accountChecks(settings, context.registry, dispatcher, context.now),
    ]);
    return [...configurationChecks(settings), ...found.flat(), level];
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
