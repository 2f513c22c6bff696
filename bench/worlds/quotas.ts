/**
 * An emulated ApsaraVideo behind HTTP that counts what each operation gets, and those who start recordings on it at the same
 * instant: the activities of workers alone, each in a process of its own, or whole sessions on a real server.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { KeepRolling } from '../../src/client/index.ts';
import { createAlibabaEmulator } from '../../src/emulators/alibaba/alibaba.ts';
import {
  DEFAULT_ACCESS_KEY_ID,
  DEFAULT_ACCESS_KEY_SECRET,
  DEFAULT_APP,
  DEFAULT_BUCKET,
  DEFAULT_PLAY_DOMAIN,
  DEFAULT_REGION,
} from '../../src/emulators/alibaba/options.ts';
import { serveEmulator, systemClock, TruthLog } from '../../src/emulators/index.ts';
import { alibabaQuotas, createAlibabaApi } from '../../src/recorders/alibaba/api.ts';
import type { Bundles } from '../bundles.ts';
import { compiled } from '../paths.ts';
import { inFlight } from '../stats.ts';
import type { FromStarter, StartingSetup, ToStarter } from '../worker/starting-messages.ts';
import { ACCOUNT } from './configuration.ts';
import { onServer, type Closable } from './server.ts';
import { startWorkerChild } from './worker-child.ts';

const COMMAND = 'RealTimeRecordCommand';
const DESTINATION = 'bucket';
const IN_FLIGHT = 32;
/** As if there were none. */
const UNLIMITED = 1_000_000;
const FORMATS = [
  {
    Format: 'mp4' as const,
    CycleDuration: 3600,
    OssObjectPrefix: 'rec/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}',
  },
];

/** Commands a second that the vendor takes. */
export const COMMANDS_PER_SECOND = alibabaQuotas.find(({ name }) => name === COMMAND)!.limit;

export interface QuotaOptions {
  workers: number;
  /** Workers keep to the quotas. */
  limited: boolean;
  /** Of the vendor's limits. */
  scale: number;
}

/** What the vendor's truth log tells. */
export interface Counting {
  url: string;
  source: (stream: string) => void;
  /** Recordings that have begun. */
  begun: () => number;
  /** Requests that were refused for their number. */
  refused: () => number;
  /** When each start was taken. */
  commands: () => number[];
  close: () => Promise<void>;
}

async function counting(scale: number): Promise<Counting> {
  const truth = new TruthLog();
  const emulator = createAlibabaEmulator({ clock: systemClock, seed: 1, qps: scale, truth });
  const served = await serveEmulator(emulator, { port: 0 });
  const { url } = served;
  await addConfig(url);
  const requests = () => truth.entries.flatMap((entry) => (entry.type === 'request' ? [entry] : []));
  return {
    url,
    source: (stream) => void emulator.controls['source.start']!({ stream }, Date.now()),
    begun: () =>
      truth.entries.filter((entry) => entry.type === 'recording' && entry.event === 'began').length,
    refused: () => requests().filter(({ detail }) => detail?.includes('Throttling') ?? false).length,
    commands: () =>
      requests().flatMap(({ op, status, at }) => (op === COMMAND && status === 200 ? [at] : [])),
    close: async () => await served.close(),
  };
}

function configuration(url: string, { workers, limited, scale }: QuotaOptions): Record<string, unknown> {
  const quotas = alibabaQuotas.map(({ name, limit }) => [
    name,
    limited ? Math.max(1, Math.floor(limit * scale)) : UNLIMITED,
  ]);
  return {
    installation: 'bench1',
    workers,
    accounts: {
      [ACCOUNT]: {
        vendor: 'alibaba',
        url,
        accessKeyId: DEFAULT_ACCESS_KEY_ID,
        accessKeySecret: DEFAULT_ACCESS_KEY_SECRET,
        looks: { every: '1h' },
        quotas: Object.fromEntries(quotas) as Record<string, number>,
      },
    },
    destinations: { [DESTINATION]: { cloud: 'alibaba', bucket: DEFAULT_BUCKET, region: DEFAULT_REGION } },
    archive: { directory: 'archive' },
  };
}

const streamsOf = (count: number): string[] => Array.from({ length: count }, (_, n) => `cam${n}`);
const targetOf = (stream: string) => ({ playbackDomain: DEFAULT_PLAY_DOMAIN, app: DEFAULT_APP, stream });

export type Done = Pick<Counting, 'refused' | 'commands'>;

/** `startTake` of so many sessions at once, by the activities of workers alone. */
export async function startsAtOnce(count: number, options: QuotaOptions): Promise<Done> {
  const vendor = await counting(options.scale);
  const streams = streamsOf(count);
  for (const stream of streams) vendor.source(stream);
  const children = Array.from({ length: options.workers }, (_, worker) => {
    const setup: StartingSetup = {
      configuration: configuration(vendor.url, options),
      folder: '/',
      account: ACCOUNT,
      destination: DESTINATION,
      targets: streams.filter((_stream, n) => n % options.workers === worker).map(targetOf),
      options: { RecordFormat: FORMATS },
    };
    return fork(compiled('worker/starting.js'), [JSON.stringify(setup)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  });
  const heard = async (): Promise<FromStarter[]> =>
    await Promise.all(children.map(async (child) => ((await once(child, 'message')) as [FromStarter])[0]));
  try {
    await heard();
    const started = heard();
    for (const child of children) child.send({ ask: 'start' } satisfies ToStarter);
    await started;
    return vendor;
  } finally {
    for (const child of children) child.kill();
    await vendor.close();
  }
}

export interface SessionWorld extends Counting {
  /** So many sessions, all of whose windows begin at the instant that is answered. */
  sessions(count: number, inMs: number): Promise<number>;
}

export async function sessionWorld(
  bundles: Bundles,
  options: QuotaOptions,
): Promise<SessionWorld & Closable> {
  return await onServer(async ({ address, connection, folder, closers }) => {
    const vendor = await counting(options.scale);
    closers.push(vendor.close);
    const whole = { ...configuration(vendor.url, options), temporal: { address } };
    const keepRolling = await KeepRolling.connect({ configuration: whole, cwd: folder, env: {}, connection });
    closers.push(async () => await keepRolling.close());
    for (let n = 0; n < options.workers; n += 1) {
      const child = await startWorkerChild({
        kinds: ['session'],
        address,
        configuration: whole,
        folder,
        bare: { url: vendor.url, authorization: '' },
        sessionBundle: bundles.session,
        bareBundle: bundles.bare,
        maxCachedWorkflows: 1000,
      });
      closers.push(async () => await child.stop());
    }
    return {
      ...vendor,
      async sessions(count, inMs) {
        const at = Math.ceil((Date.now() + inMs) / 1000) * 1000;
        const streams = streamsOf(count);
        await inFlight(count, IN_FLIGHT, async (index) => {
          const stream = streams[index - 1]!;
          vendor.source(stream);
          await keepRolling.start({
            name: stream,
            account: ACCOUNT,
            target: targetOf(stream),
            window: { from: new Date(at).toISOString(), length: '2h' },
            storage: DESTINATION,
            options: { RecordFormat: FORMATS },
          });
        });
        return at;
      },
    };
  });
}

/** For all streams: what is in force needs no making, so that commands are what there is most of. */
async function addConfig(url: string): Promise<void> {
  const keys = { accessKeyId: DEFAULT_ACCESS_KEY_ID, accessKeySecret: DEFAULT_ACCESS_KEY_SECRET };
  await createAlibabaApi({ url, keys }).call('AddLiveAppRecordConfig', {
    DomainName: DEFAULT_PLAY_DOMAIN,
    AppName: DEFAULT_APP,
    StreamName: '*',
    OssEndpoint: `oss-${DEFAULT_REGION}.aliyuncs.com`,
    OssBucket: DEFAULT_BUCKET,
    OnDemand: 7,
    DelayTime: 180,
    RecordFormat: FORMATS,
  });
}
