/** The activities of a worker in a process of its own, without Temporal: it starts as many recordings at once as a worker does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createActivities, failureOf } from '../../src/activities/index.ts';
import type { CallInput } from '../../src/activities/wire.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { createHttpAgent } from '../../src/recorders/http.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { inFlight } from '../stats.ts';
import type { FromStarter, StartingSetup } from './starting-messages.ts';

/** Activities of one task queue that a worker of Temporal's SDK runs at a time, where it is told nothing else. */
const SLOTS = 100;
/** As a session does after a start that was not applied. */
const AGAIN_MS = 1_000;

const setup = JSON.parse(process.argv[2]!) as StartingSetup;
const tell = (message: FromStarter): void => void process.send!(message);
const settings = settingsOf(setup.configuration, null, setup.folder, VENDORS, {});
const { vendor } = settings.account(setup.account);
const activities = createActivities({
  settings,
  registry: VENDORS,
  archive: null,
  dispatcher: createHttpAgent(),
});

function inputOf(target: Record<string, string>, index: number): CallInput<'start'> {
  const options = VENDORS.get(vendor)!.contract.options.parse(setup.options) as Record<string, never>;
  return {
    subject: { vendor, account: setup.account, target, options },
    call: {
      op: 'start',
      id: index,
      take: 1,
      handle: null,
      name: { installation: 'bench1', sessionId: `session${index}`, take: 1, nonce: 'bench', at: Date.now() },
      attempt: 1,
      title: `session ${index}`,
      endBy: Date.now() + 3_600_000,
      patienceMs: null,
      settings: {},
      reservation: null,
      adoptForeign: false,
      storage: setup.destination,
    },
  };
}

const failed: Record<string, number> = {};
async function start(input: CallInput<'start'>): Promise<void> {
  for (;;) {
    try {
      return void (await activities.startTake(input));
    } catch (error) {
      const [failure] = (error as { details?: { code: string }[] }).details ?? [failureOf(error)];
      failed[failure!.code] = (failed[failure!.code] ?? 0) + 1;
      await sleep(AGAIN_MS);
    }
  }
}

process.once('disconnect', () => process.exit(0));
process.once('message', () => {
  const { targets } = setup;
  void inFlight(
    targets.length,
    SLOTS,
    async (index) => await start(inputOf(targets[index - 1]!, index)),
  ).then(() => tell({ told: 'started', failed }));
});
tell({ told: 'ready' });
