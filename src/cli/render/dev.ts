/** Where everything is, once `dev` is up, and how to try it. Paths but that of the configuration are relative to where it was started. */
import { stringify } from 'yaml';
import type { GatewayTold } from './gateway.ts';
import { columns } from './text.ts';

export interface DevTold {
  server: string;
  namespace: string;
  ui: string | null;
  queues: string[];
  /** What vendors call back; null where no account has callbacks. */
  gateway: GatewayTold | null;
  data: string;
  config: string;
  emulators: {
    vendor: string;
    account: string;
    url: string;
    control: string;
    /** Input of the control source.start for the sample. */
    source: Record<string, string>;
    /** A specification that can be started as it is: its name, and its file. */
    sample: { name: string; file: string };
  }[];
  /** The cloud that emulated vendors upload to; null where none of them does. */
  cloud: { destination: string; url: string; control: string } | null;
  /** Names of all destinations that the samples use, the cloud's among them. */
  destinations: string[];
}

export function devText(told: DevTold): string {
  const { emulators, cloud, destinations } = told;
  const rows = [
    ['server', `${told.server}, namespace ${told.namespace}`],
    ...(told.ui === null ? [] : [['UI', told.ui]]),
    ['worker', told.queues.join(', ')],
    ...(told.gateway === null ? [] : [['gateway', told.gateway.url]]),
    ['data', told.data],
    ...(destinations.length === 0 ? [] : [['destinations', destinations.join(', ')]]),
    ...columns(
      [
        ...emulators.map((one) => [one.url, `account ${one.account},`, `control ${one.control}`]),
        ...(cloud ? [[cloud.url, `destination ${cloud.destination},`, `control ${cloud.control}`]] : []),
      ],
      ' ',
    ).map((line) => ['emulator', line.trim()]),
  ];
  // Some vendors record only a source that has come after what the session makes in the account: sessions begin first.
  const samples = [
    ...emulators.map(({ sample }) => `npx keeprolling start ${quoted(sample.file)}`),
    'npx keeprolling list',
    ...emulators.map(({ control, source }) => sourceStart(control, source)),
  ];
  const steps = [
    `export KEEPROLLING_CONFIG=${quoted(told.config)}`,
    `export TEMPORAL_ADDRESS=${told.server}`,
    ...(emulators.length === 0 ? ['npx keeprolling start FILE'] : samples),
    ...emulators.slice(0, 1).map(({ sample }) => `npx keeprolling watch ${sample.name}`),
  ];
  return [
    'keeprolling is up until Ctrl-C',
    ...columns(rows, '  '),
    'in another terminal:',
    ...steps.map((step) => `  ${step}`),
  ].join('\n');
}

/** An emulator that is served alone, and what a configuration needs to reach it: secrets and all. */
export interface EmulateTold {
  vendor: string;
  url: string;
  control: string;
  /** The secret among what clients present, whatever the vendor calls it. */
  accessToken: string;
  recordsDir: string | null;
  truth: string | null;
  /** Of a vendor: its account in keeprolling.yaml, and input of the control source.start. */
  account?: Record<string, unknown>;
  source?: Record<string, string>;
  /** The destination in keeprolling.yaml: that of the cloud, or of a vendor that has a bucket of its own. */
  destination?: Record<string, unknown>;
  /** Of a vendor's own destination: its name in the sample. */
  destinationName?: string;
  /** Of a vendor: a specification that records what `source` starts. */
  sample?: string;
}

export function emulateText(told: EmulateTold): string {
  const { vendor, url, control, recordsDir, truth, account, source, destination, sample } = told;
  const name = `${vendor}-emulated`;
  const section = {
    ...(account && { accounts: { [name]: account } }),
    ...(destination && { destinations: { [told.destinationName ?? name]: destination } }),
  };
  const rows = [
    ['control', `${control}   GET controls lists them, GET truth is what really happened`],
    ...(recordsDir === null ? [] : [['files', recordsDir]]),
    ...(truth === null ? [] : [['truth', truth]]),
  ];
  return [
    `${vendor} is emulated at ${url} until Ctrl-C`,
    ...columns(rows, '  '),
    'for keeprolling.yaml, with what its clients must present:',
    ...indented(stringify(section)),
    ...(sample === undefined ? [] : ['a specification, to be started first:', ...indented(sample)]),
    ...(source ? ['then its source:', `  ${sourceStart(control, source)}`] : []),
  ].join('\n');
}

function sourceStart(control: string, source: Record<string, string>): string {
  return `curl -X POST ${control}source.start -d '${JSON.stringify(source)}'`;
}

function indented(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`);
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
