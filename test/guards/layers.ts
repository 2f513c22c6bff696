/** The layers of src/ as data: who may import whom. A new folder needs a row here, and a reason in docs/decisions.md. */
export interface Layer {
  /** Layers whose values it may use, besides its own. Types of these are free too. */
  values: readonly string[];
  /** Layers of which it may use types only. */
  types?: readonly string[];
  /** Packages whose values it may use: `name`, or a beginning with `*`. Types of any package are free if not told otherwise. */
  packages: readonly string[] | 'any';
  /** Packages of which not even types may come in. */
  never?: readonly string[];
}

export const LAYERS: Record<string, Layer> = {
  // The language at the edges. No I/O.
  contract: { values: [], types: ['session'], packages: ['zod', 'ulid', 'node:crypto'] },
  // The heart: plain functions on plain data.
  session: {
    values: [],
    types: ['contract'],
    packages: [],
    never: ['@temporalio/*', 'node:*', 'zod', 'undici'],
  },
  // Recurring windows: plain functions of a rule and an instant.
  schedules: { values: ['contract'], types: ['session'], packages: ['croner'] },
  workflows: {
    values: ['session'],
    types: ['contract', 'schedules', 'activities', 'archive', 'recorders'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  recorders: {
    values: ['contract', 'session', 'credentials'],
    packages: ['undici', 'node:*', 'zod', 'agora-token'],
  },
  credentials: {
    values: ['contract'],
    types: ['session'],
    packages: ['undici', 'node:*', 'zod', '@aws-sdk/*', 'tencentcloud-sdk-nodejs-sts'],
  },
  // Who is told what happens: the envelope of a notice, its signature, and one attempt to hand it over.
  receivers: {
    values: ['contract'],
    types: ['session'],
    packages: ['undici', 'standardwebhooks'],
  },
  archive: {
    // An archive in a bucket has a destination's credentials.
    values: ['contract', 'session', 'credentials'],
    types: ['config'],
    packages: ['undici', 'node:*', 'zod', '@aws-sdk/*'],
  },
  config: {
    values: ['contract', 'recorders', 'credentials', 'archive'],
    types: ['session'],
    packages: ['yaml', 'zod', 'node:*', '@temporalio/envconfig'],
  },
  // What a start means, worked out whole before anything is called: by a client, and by the launcher that a schedule starts.
  planning: {
    values: ['contract', 'session', 'schedules', 'config', 'recorders'],
    types: ['workflows'],
    packages: ['ulid'],
  },
  activities: {
    values: [
      'contract',
      'session',
      'schedules',
      'recorders',
      'receivers',
      'credentials',
      'archive',
      'config',
      'planning',
      'schedules',
    ],
    types: ['workflows', 'metrics'],
    packages: ['@temporalio/activity', '@temporalio/common', 'undici', 'node:*', 'zod', 'p-queue'],
  },
  // What records at vendors and has no session: over recorders, ledgers and what Temporal says, all of them given.
  sweeper: { values: ['contract', 'session', 'archive', 'recorders'], packages: ['zod'] },
  client: {
    // Of the recorders the registry alone: which accounts there are, how long before a window they begin, and what a start
    // would change in an account.
    values: [
      'contract',
      'session',
      'schedules',
      // When a schedule is woken.
      'planning',
      'archive',
      'config',
      'server',
      'recorders',
      'planning',
      'sweeper',
    ],
    types: ['workflows', 'activities', 'credentials'],
    packages: [
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/envconfig',
      'undici',
      'ulid',
      'zod',
      'node:*',
    ],
  },
  gateway: {
    // Of the recorders the registry alone: how each vendor's callbacks are verified and read.
    values: ['contract', 'session', 'client', 'config', 'recorders', 'metrics'],
    types: ['workflows'],
    packages: ['node:*', 'fastify', '@temporalio/client', '@temporalio/common'],
  },
  // Numbers for whoever watches: a registry, and what is collected from Temporal.
  metrics: {
    values: ['contract', 'session', 'client', 'config'],
    packages: ['prom-client', 'node:*', 'undici'],
  },
  server: {
    values: ['contract'],
    packages: ['@temporalio/client', '@temporalio/worker', 'node:*'],
  },
  // Truth to compare with: they share no code with the recorders that they judge.
  emulators: { values: ['contract'], types: ['session'], packages: ['undici', 'node:*'] },
  cli: {
    values: [
      'client',
      'config',
      'contract',
      'session',
      'schedules',
      // How early a schedule is woken.
      'planning',
      'archive',
      // For `doctor`, which tries every destination.
      'credentials',
      'server',
      'emulators',
      'gateway',
      'metrics',
      'receivers',
      'recorders',
      'worker.ts',
      'runtime.ts',
    ],
    types: ['workflows', 'activities', 'sweeper'],
    packages: 'any',
  },
  // The SDK's process-wide settings.
  'runtime.ts': { values: [], packages: ['@temporalio/worker'] },
  // Wiring only.
  'worker.ts': {
    values: ['activities', 'recorders', 'credentials', 'archive', 'config', 'contract', 'session', 'metrics'],
    types: ['workflows', 'client'],
    packages: 'any',
  },
};

/** Every spelling under which a vendor turns up in code. `ome` is a word of its own, since "some" is none. */
export const VENDOR_NAMES: Record<string, RegExp> = {
  agora: /agora/i,
  huawei: /huawei/i,
  alibaba: /alibaba|apsara|aliyun/i,
  naver: /(?<![a-z])naver|Naver/,
  ome: /(?<![A-Za-z])ome(?![a-z])|(?<![A-Z])O(?:me|ME)(?![a-z])|OvenMedia/,
};

/** Where vendors are listed: once among the recorders, once among the emulators. */
export const REGISTRIES: readonly string[] = [
  'recorders/registry.ts',
  'emulators/registry.ts',
  'emulators/names.ts',
  // The public index of the emulators names what a user creates.
  'emulators/index.ts',
];

/**
 * Names of clouds, some of which are names of vendors too: whose bucket a file goes to, and how its credentials are had,
 * has nothing to do with who records.
 */
export const CLOUD_PLACES: readonly string[] = ['contract/destinations.ts', 'credentials/'];

/** A vendor's own places; `contract/vendors/ome.ts`, `contract/vendors.ts` and the like are its schema. */
export function mayName(path: string, vendor: string): boolean {
  return (
    path.startsWith(`recorders/${vendor}/`) ||
    path.startsWith(`emulators/${vendor}/`) ||
    /^contract\/vendors[^/]*(\/|$)/.test(path) ||
    REGISTRIES.includes(path) ||
    CLOUD_PLACES.some((place) => path === place || (place.endsWith('/') && path.startsWith(place)))
  );
}
