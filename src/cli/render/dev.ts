/** Where everything is, once `dev` is up, and how to try it. Paths but that of the configuration are relative to where it was started. */
import { columns } from './text.ts';

export interface DevTold {
  server: string;
  namespace: string;
  ui: string | null;
  queues: string[];
  data: string;
  config: string;
  emulators: {
    vendor: string;
    account: string;
    url: string;
    control: string;
    /** Input of the control source.start for the sample. */
    source: Record<string, string>;
  }[];
  sample: { name: string; file: string } | null;
}

export function devText(told: DevTold): string {
  const rows = [
    ['server', `${told.server}, namespace ${told.namespace}`],
    ...(told.ui === null ? [] : [['UI', told.ui]]),
    ['worker', told.queues.join(', ')],
    ['data', told.data],
    ...told.emulators.map((one) => [
      'emulator',
      `${one.url}   account ${one.account}, control ${one.control}`,
    ]),
  ];
  const [first] = told.emulators;
  const steps = [
    `export KEEPROLLING_CONFIG=${quoted(told.config)}`,
    `export TEMPORAL_ADDRESS=${told.server}`,
    ...(first ? [`curl -X POST ${first.control}source.start -d '${JSON.stringify(first.source)}'`] : []),
    ...(told.sample === null
      ? ['npx keeprolling start FILE']
      : [`npx keeprolling start ${quoted(told.sample.file)}`, `npx keeprolling watch ${told.sample.name}`]),
  ];
  return [
    'keeprolling is up until Ctrl-C',
    ...columns(rows, '  '),
    'in another terminal:',
    ...steps.map((step) => `  ${step}`),
  ].join('\n');
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
