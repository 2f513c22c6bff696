import { relative, resolve as absolutePath } from 'node:path';
import type { Command } from 'commander';
import { ERRORS, type KeepRollingError } from '../../contract/errors.ts';
import { loadSettings } from '../../config/settings.ts';
import { answer, type Context } from '../context.ts';
import { devConfiguration } from '../dev/configuration.ts';
import { newInstallationId, openDataFolder, type DataFolder } from '../dev/data-folder.ts';
import type { EmulatedPace, EmulatedVendor, EmulatedWorld } from '../dev/emulated.ts';
import { emulatedVendors } from '../../emulators/names.ts';
import { failureOf, failureText, usageError } from '../failure.ts';
import { runGateway, type RunningGateway } from '../gateway.ts';
import { untilInterrupted } from '../interrupt.ts';
import { portOf } from '../ports.ts';
import { devText, type DevTold } from '../render/dev.ts';
import { command } from '../run.ts';
import { freePort } from '../../server/ports.ts';
import { runWorkers } from '../workers.ts';

interface Options {
  metrics?: boolean;
  /** true: all of them. */
  emulators?: true | string[];
  port?: number;
  uiPort?: number;
  gatewayPort?: number;
}

/** Looks and fresh credentials come quickly, since somebody is watching. */
const PACE: EmulatedPace = { looks: { every: '5s', doubt: '1s', withCallbacks: '30s' }, refresh: '1m' };

const HOST = '127.0.0.1';

/** What was started, the last one first: it is ended in this order. */
type Stack = { what: string; end: () => Promise<void> }[];

export function devCommand(program: Command): void {
  program
    .command('dev')
    .description(
      'an embedded Temporal server, a worker and a gateway in one, until Ctrl-C; data are kept in .keeprolling/dev',
    )
    .option(
      '--emulators [vendors...]',
      'serve emulated vendors, all where none is named, and a cloud for their files too, each with an account or destination',
    )
    .option('--port <number>', 'of the server; else a free one', portOf)
    .option('--ui-port <number>', "of the server's UI; else a free one", portOf)
    .option('--gateway-port <number>', 'of the gateway for callbacks; else a free one', portOf)
    .option('--metrics', 'serve /metrics, /healthz and /readyz on a free port')
    .action(
      command<Options>(async (context, _args, options) => {
        // The user's own mistakes are told before anything is started.
        const wanted = wantedVendors(options.emulators);
        const folder = context.settings().folder;
        const data = openDataFolder(folder);
        const started: Stack = [{ what: 'data folder', end: async () => data.release() }];
        try {
          return await serve(context, { ...options, wanted }, folder, data, started);
        } finally {
          for (const { what, end } of started) {
            await end().catch(() => context.say(`the ${what} did not end in order`));
          }
        }
      }),
    );
}

/** null: no emulators at all. @throws KeepRollingError E_USAGE for a vendor that none emulates */
function wantedVendors(emulators: Options['emulators']): string[] | null {
  if (emulators === undefined) return null;
  const known = emulatedVendors();
  if (emulators === true) return known;
  const strange = emulators.find((name) => !known.includes(name));
  if (strange === undefined) return [...new Set(emulators)];
  throw usageError(`There is no emulator of "${strange}"; there is ${known.join(', ')}.`);
}

async function serve(
  context: Context,
  options: Options & { wanted: string[] | null },
  folder: string,
  data: DataFolder,
  started: Stack,
): Promise<number> {
  // Waited for from now on: an interrupt while the server starts ends that too.
  const interrupted = untilInterrupted();
  let gone: (error: KeepRollingError) => void = () => {};
  const serverGone = new Promise<KeepRollingError>((resolve) => (gone = resolve));

  // Emulated vendors call it, so its address is known before they begin.
  // Loaded here only: no other command needs it.
  const { sectionsOf, startEmulated } = await import('../dev/emulated.ts');
  const gatewayPort = options.gatewayPort ?? (await freePort(HOST));
  const emulated = options.wanted
    ? await startEmulated(
        data,
        PACE,
        (what, end) => void started.unshift({ what, end }),
        `http://${HOST}:${gatewayPort}`,
        options.wanted,
      )
    : null;
  const server = await startServer(context, options, data, gone);
  started.unshift({ what: 'server', end: async () => server.stop() });

  const config = data.write(
    'keeprolling.yaml',
    devConfiguration(context.configurationFile(), folder, {
      installation: data.kept('installation', newInstallationId),
      address: server.address,
      namespace: server.namespace,
      archive: data.folder('archive'),
      ...(emulated ? sectionsOf(emulated) : { accounts: {}, destinations: {} }),
    }),
  );
  const settings = loadSettings(config, context.registry, context.env, context.cwd);
  const workers = await runWorkers(settings, context.env, {
    metrics: options.metrics ? '127.0.0.1:0' : undefined,
    say: context.say,
  });
  started.unshift({ what: 'worker', end: workers.drain });
  if (workers.metrics !== null) context.say(`metrics at http://${workers.metrics}/metrics`);
  const called = settings.accountNames().some((account) => settings.hasCallbacks(account));
  const gateway = called ? await runGateway(settings, context.env, { port: gatewayPort }) : null;
  if (gateway) started.unshift({ what: 'gateway', end: gateway.close });

  const told = await toldOf(context, data, config, server, workers.queues, gateway, emulated);
  answer(context, told, () => devText(told));
  const first = await Promise.race([interrupted, serverGone, workers.ended]);
  if (first instanceof Error) {
    context.say(failureText(failureOf(first)));
    return ERRORS.E_SERVER_UNAVAILABLE.exit;
  }
  if (first !== undefined) context.say(`${first}: the worker finishes its calls, then the server ends`);
  return 0;
}

async function startServer(
  context: Context,
  { port, uiPort }: Options,
  data: DataFolder,
  onUnexpectedExit: (error: KeepRollingError) => void,
) {
  const { startDevServer } = await import('../../server/index.ts');
  const { SEARCH_ATTRIBUTES } = await import('../../contract/search-attributes.ts');
  return await startDevServer({
    dataDir: data.path,
    ui: true,
    searchAttributes: SEARCH_ATTRIBUTES,
    log: context.say,
    onUnexpectedExit,
    ...(port !== undefined && { port }),
    ...(uiPort !== undefined && { uiPort }),
  });
}

async function toldOf(
  context: Context,
  data: DataFolder,
  config: string,
  server: { address: string; namespace: string; uiUrl: string | undefined },
  queues: string[],
  gateway: RunningGateway | null,
  emulated: EmulatedWorld | null,
): Promise<DevTold> {
  const { sampleSpecification, sectionsOf } = await import('../dev/emulated.ts');
  const cloud = emulated?.cloud ?? null;
  const here = (path: string): string => relative(context.cwd, path) || '.';
  const sampleOf = (one: EmulatedVendor): DevTold['emulators'][number]['sample'] => ({
    name: one.stream,
    file: here(data.write(`sample-${one.vendor}.yaml`, sampleSpecification(one))),
  });
  return {
    server: server.address,
    namespace: server.namespace,
    ui: server.uiUrl ?? null,
    queues,
    gateway: gateway && { url: gateway.url, accounts: gateway.addresses },
    data: here(data.path),
    config: absolutePath(context.cwd, config),
    emulators: (emulated?.vendors ?? []).map((one) => ({
      vendor: one.vendor,
      account: one.account,
      url: one.url,
      control: one.control,
      source: one.source,
      sample: sampleOf(one),
    })),
    cloud: cloud && { destination: cloud.name, url: cloud.url, control: cloud.control },
    destinations: Object.keys(emulated ? sectionsOf(emulated).destinations : {}),
  };
}
