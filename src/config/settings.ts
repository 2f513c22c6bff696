/** keeprolling.yaml, found, checked, and asked for what the rest of the program needs. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { parseDocument, type YAMLError } from 'yaml';
import {
  configurationSchema,
  looksSchema,
  type Configuration,
  type PublishRule,
} from '../contract/configuration.ts';
import { speaksS3, type Cloud, type Destination, type Place } from '../contract/destinations.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { problemsOf, refuse, type Problem } from '../contract/problems.ts';
import type { Receiver } from '../contract/receivers.ts';
import type { PlainFields, VendorContract } from '../contract/vendor.ts';
import type { Quota } from '../recorders/recorder.ts';
import type { Registry } from '../recorders/registry.ts';
import type { LookPace } from '../session/plan.ts';
import {
  destinationProblems,
  placeWithoutSecrets,
  resolveDestination,
  type Surroundings,
  isLater,
} from './destinations.ts';
import { parsedEntry } from './parsed.ts';
import { publishProblems } from './publish.ts';
import { notifyProblems, receiverProblems, resolveReceiver } from './receivers.ts';
import { referenceProblems, secretLookup } from './secrets.ts';
import { resolveValues, type Environment, type SecretLookup } from './values.ts';

export const CONFIGURATION_FILE = 'keeprolling.yaml';
/** Below this in a bucket, where the configuration says nothing else: recordings may lie beside it. */
const LEDGERS = 'ledgers';

/** An account as its vendor's schema gives it back. */
export interface Account {
  vendor: string;
  fields: Record<string, unknown>;
}

export interface Settings {
  /** The file, or null when there is none. */
  readonly file: string | null;
  /** Relative paths in the configuration are relative to this. */
  readonly folder: string;
  /** @throws KeepRollingError E_INSTALLATION_MISSING */
  installation(): string;
  hasInstallation(): boolean;
  accountNames(): string[];
  /** undefined for an account that is not configured. */
  contractOf(account: string): VendorContract | undefined;
  /**
   * The account with its secrets resolved just now, but those of its callbacks: whoever records needs none of them.
   * @throws KeepRollingError E_ACCOUNT_UNKNOWN, E_CONFIG_INVALID
   */
  account(name: string): Account;
  /** The same with its callbacks, for whoever takes them in. @throws KeepRollingError E_ACCOUNT_UNKNOWN, E_CONFIG_INVALID */
  calledAccount(name: string): Account;
  /** What of an account stands in the file itself: whatever is looked up later, in files, variables and secrets, is left out. */
  plainAccount(name: string): PlainFields;
  /** Does the vendor of this account call us back? */
  hasCallbacks(account: string): boolean;
  looks(account: string): LookPace;
  /** Limits that the configuration says instead of the recorder's own, by the quota's name. */
  quotas(account: string): Record<string, number>;
  /** Worker processes that share the accounts. */
  workers(): number;
  defaults(): Record<string, unknown>;
  templates(): Record<string, Record<string, unknown>>;
  publishRules(): PublishRule[];
  receiverNames(): string[];
  /** A receiver with its secrets resolved just now. @throws KeepRollingError E_CONFIG_INVALID */
  receiver(name: string): Receiver;
  /** Receivers of what concerns no session, and of sessions that name none. */
  notify(): string[];
  /** What is called while all is well, its secrets resolved just now; null without one. @throws KeepRollingError E_CONFIG_INVALID */
  heartbeat(): { url: string; everyMs: number } | null;
  queuePrefix(): string;
  destinationNames(): string[];
  /** Where a destination is, without a look at its secrets; undefined for one that is not configured. @throws KeepRollingError E_CONFIG_INVALID */
  place(name: string): Place | undefined;
  /** The destination with its secrets resolved just now. @throws KeepRollingError E_CONFIG_INVALID */
  destination(name: string): Destination;
  secretNames(): string[];
  /** The text of a named secret, resolved just now. @throws KeepRollingError E_CONFIG_INVALID */
  secret(name: string): string;
  /** Names of query parameters that may stand in a URL of a specification. */
  publicParameters(): string[];
  /** Where ledgers go; `prefix` stands below the destination's own. */
  archive(): { directory: string } | { destination: string; prefix: string } | null;
  temporal(): Configuration['temporal'];
  codec(): string | null;
}

/** Flag, else the variable KEEPROLLING_CONFIG, else `keeprolling.yaml` in the working directory, else nothing. */
export function findConfiguration(flag: string | undefined, env: Environment, cwd: string): string | null {
  const named = flag ?? env.KEEPROLLING_CONFIG;
  if (named !== undefined && named !== '') return resolve(cwd, named);
  const here = join(cwd, CONFIGURATION_FILE);
  return existsSync(here) ? here : null;
}

/** @throws KeepRollingError E_CONFIG_INVALID with every problem at once */
export function loadSettings(
  file: string | null,
  registry: Registry,
  env: Environment,
  cwd: string,
): Settings {
  if (file === null) return settingsOf({}, null, cwd, registry, env);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new KeepRollingError('E_CONFIG_INVALID', `The configuration ${file} cannot be read.`);
  }
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0) {
    throw new KeepRollingError('E_CONFIG_INVALID', `${file} is not YAML: ${whereOf(document.errors[0]!)}`);
  }
  return settingsOf((document.toJS() ?? {}) as unknown, file, dirname(file), registry, env);
}

/** Line and column alone: the lines themselves may hold a secret. */
function whereOf({ code, linePos }: YAMLError): string {
  const at = linePos?.[0];
  const place = at ? `line ${at.line}, column ${at.col}` : 'somewhere';
  return `${code.toLowerCase().replaceAll('_', ' ')} at ${place}`;
}

/** Settings from a value in hand: what a file would hold. */
export function settingsOf(
  raw: unknown,
  file: string | null,
  folder: string,
  registry: Registry,
  env: Environment,
): Settings {
  const configuration = check(mapping(raw), file, folder, registry, env);
  const rawAccounts = (raw as { accounts?: Record<string, Record<string, unknown>> }).accounts ?? {};
  const rawHeartbeat = (raw as { heartbeat?: Record<string, unknown> }).heartbeat ?? {};
  const { destinations, receivers } = configuration;
  const secrets = secretLookup(configuration.secrets, env, folder);
  const surroundings: Surroundings = { file, folder, env, secrets };

  const accountOf = (name: string, written: Record<string, unknown>): Account => {
    const contract = registry.get(configuration.accounts[name]?.vendor ?? '')?.contract;
    if (!own(rawAccounts, name) || !contract) {
      throw new KeepRollingError('E_ACCOUNT_UNKNOWN', `The configuration has no account ${name}.`, {
        account: name,
      });
    }
    const resolved = resolveValues(written, `accounts.${name}`, env, folder, secrets);
    const { looks: _looks, quotas: _quotas, ...fields } = resolved as Record<string, unknown>;
    return {
      vendor: contract.vendor,
      fields: parsedEntry(contract.account, fields, ['accounts', name], file),
    };
  };

  return {
    file,
    folder,
    installation() {
      if (configuration.installation === undefined) {
        throw new KeepRollingError(
          'E_INSTALLATION_MISSING',
          'The configuration names no installation: without one, recordings at a vendor cannot be told to be ours. Run `keeprolling setup` for a line to add.',
        );
      }
      return configuration.installation;
    },
    hasInstallation: () => configuration.installation !== undefined,
    accountNames: () => Object.keys(configuration.accounts),
    contractOf: (account) => registry.get(configuration.accounts[account]?.vendor ?? '')?.contract,
    account(name) {
      const { callbacks: _callbacks, ...written } = own(rawAccounts, name) ?? {};
      return accountOf(name, written);
    },
    calledAccount: (name) => accountOf(name, own(rawAccounts, name) ?? {}),
    plainAccount: (name) => plainOf(own(rawAccounts, name) ?? {}) as PlainFields,
    hasCallbacks: (account) => own(rawAccounts, account)?.callbacks !== undefined,
    looks(account) {
      const { every, doubt, withCallbacks } = configuration.accounts[account]?.looks ?? looksSchema.parse({});
      return { everyMs: every, doubtMs: doubt, withCallbacksMs: withCallbacks };
    },
    quotas: (account) => configuration.accounts[account]?.quotas ?? {},
    workers: () => configuration.workers,
    defaults: () => configuration.defaults,
    templates: () => configuration.templates,
    publishRules: () => configuration.onPublish,
    receiverNames: () => Object.keys(receivers),
    receiver: (name) => resolveReceiver(name, own(receivers, name), surroundings),
    notify: () => configuration.notify,
    heartbeat() {
      const { heartbeat } = configuration;
      if (heartbeat === undefined) return null;
      const url = resolveValues(rawHeartbeat.url, 'heartbeat.url', env, folder, secrets) as string;
      return { url, everyMs: heartbeat.every };
    },
    queuePrefix: () => configuration.queues.prefix ?? '',
    destinationNames: () => Object.keys(destinations),
    place(name) {
      const found = own(destinations, name);
      return found && placeWithoutSecrets(name, found, surroundings);
    },
    destination: (name) => resolveDestination(name, own(destinations, name), surroundings),
    secretNames: () => Object.keys(configuration.secrets),
    secret: (name) => secrets(name, 'secret'),
    publicParameters: () => configuration.publicParameters,
    archive() {
      const { directory, destination, prefix = LEDGERS } = configuration.archive ?? {};
      if (destination !== undefined) return { destination, prefix };
      if (directory === undefined) return null;
      return { directory: isAbsolute(directory) ? directory : join(folder, directory) };
    },
    temporal: () => configuration.temporal,
    codec: () => (configuration.codec === undefined ? null : resolve(folder, configuration.codec)),
  };
}

function own<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function plainOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.filter((one) => !isLater(one)).map(plainOf);
  const plain = Object.entries(value).filter(([, one]) => !isLater(one));
  return Object.fromEntries(plain.map(([name, one]) => [name, plainOf(one)]));
}

function mapping(raw: unknown): Record<string, unknown> {
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) {
    throw new KeepRollingError('E_CONFIG_INVALID', 'The configuration must be a mapping of fields.');
  }
  return raw as Record<string, unknown>;
}

/** Everything but accounts, destinations, receivers, secrets and the heartbeat is resolved once, at load. */
function check(
  document: Record<string, unknown>,
  file: string | null,
  folder: string,
  registry: Registry,
  env: Environment,
): Configuration {
  const { accounts, destinations, receivers, secrets, heartbeat, ...rest } = document;
  const resolved = {
    ...(resolveValues(rest, '', env, folder) as Record<string, unknown>),
    ...(accounts !== undefined && { accounts }),
    ...(destinations !== undefined && { destinations }),
    ...(receivers !== undefined && { receivers }),
    ...(secrets !== undefined && { secrets }),
    ...(heartbeat !== undefined && { heartbeat }),
  };
  const parsed = configurationSchema.safeParse(resolved);
  const problems = parsed.success ? [] : problemsOf(parsed.error, resolved, [], configurationSchema);
  if (parsed.success) {
    const known = parsed.data.secrets;
    problems.push(
      ...accountProblems(parsed.data, registry, document, env, folder),
      ...destinationProblems(parsed.data.destinations),
      ...receiverProblems(parsed.data.receivers),
      ...notifyProblems(parsed.data.notify, parsed.data.receivers),
      ...publishProblems(parsed.data, (vendor) => registry.get(vendor)?.contract, {
        file,
        folder,
        env,
        secrets: secretLookup(known, env, folder),
      }),
      ...archiveProblems(parsed.data),
      ...referenceProblems(accounts, 'accounts', known),
      ...referenceProblems(destinations, 'destinations', known),
      ...referenceProblems(receivers, 'receivers', known),
    );
  }
  if (!parsed.success || problems.length > 0) {
    throw refuse('E_CONFIG_INVALID', file ?? 'the configuration', problems, 'nothing was called');
  }
  return parsed.data;
}

/** A bucket for ledgers is written and read by keeprolling itself. */
function archiveProblems({ archive, destinations }: Configuration): Problem[] {
  const name = archive?.destination;
  if (name === undefined) return [];
  const where = 'archive.destination';
  const destination = own(destinations, name);
  if (destination === undefined) {
    const names = Object.keys(destinations).join(', ');
    return [{ where, problem: 'there is no destination of this name', ...(names !== '' && { try: names }) }];
  }
  const { cloud, credentials } = destination as { cloud: Cloud; credentials?: unknown };
  if (!speaksS3(cloud))
    return [{ where, problem: 'the archive needs a destination whose cloud is aws or s3-compatible' }];
  if (credentials !== undefined) return [];
  return [{ where, problem: 'the archive needs a destination with credentials, and this one has none' }];
}

/** Unknown vendors, and two accounts of the same vendor identity: their locks would not know of each other. */
function accountProblems(
  configuration: Configuration,
  registry: Registry,
  raw: unknown,
  env: Environment,
  folder: string,
): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<string, string>();
  for (const [name, account] of Object.entries(configuration.accounts)) {
    const where = `accounts.${name}`;
    const { contract, recorder } = registry.get(account.vendor) ?? {};
    if (!contract || !recorder) {
      problems.push({
        where: `${where}.vendor`,
        found: JSON.stringify(account.vendor),
        problem: 'there is no recorder of this name',
        try: [...registry.keys()].join(', '),
      });
      continue;
    }
    const written = (raw as { accounts: Record<string, unknown> }).accounts[name];
    problems.push(
      ...structureProblems(contract, written, where),
      ...quotaProblems(recorder.quotas, account.quotas, where),
    );
    const identity = identityOf(
      contract,
      written,
      where,
      env,
      folder,
      secretLookup(configuration.secrets, env, folder),
    );
    const other = identity === undefined ? undefined : owners.get(identity);
    if (other !== undefined) {
      problems.push({
        where,
        problem: `this is the same vendor account as ${other}; one recorder needs one lock`,
        try: `use ${other} in both places`,
      });
    } else if (identity !== undefined) owners.set(identity, name);
  }
  return problems;
}

/** What can be told of an account without looking anything up; values that stand elsewhere are judged when it is used. */
function structureProblems(contract: VendorContract, account: unknown, where: string): Problem[] {
  const { looks: _looks, quotas: _quotas, ...fields } = account as Record<string, unknown>;
  const parsed = contract.account.safeParse(fields);
  if (parsed.success) return [];
  const told = parsed.error.issues.filter(
    ({ code, path }) =>
      code === 'unrecognized_keys' || (path.length > 0 && !holdsLater(fields[String(path[0])])),
  );
  return problemsOf(new z.ZodError(told), fields, where.split('.'), contract.account);
}

function quotaProblems(known: readonly Quota[], written: Record<string, number>, where: string): Problem[] {
  const names = known.map(({ name }) => name);
  return Object.keys(written)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      where: `${where}.quotas.${name}`,
      problem: 'its recorder counts no such quota',
      try: names.length > 0 ? names.join(', ') : 'leave it out: it has none',
    }));
}

function holdsLater(value: unknown): boolean {
  if (isLater(value)) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsLater);
}

/** An account whose secrets are not there yet is judged when it is used, not when the file is read. */
function identityOf(
  contract: VendorContract,
  account: unknown,
  where: string,
  env: Environment,
  folder: string,
  secrets: SecretLookup,
): string | undefined {
  try {
    const fields = resolveValues(account, where, env, folder, secrets) as Record<string, unknown>;
    return `${contract.vendor} ${contract.identity(fields)}`;
  } catch {
    return undefined;
  }
}
