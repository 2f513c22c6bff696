import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { createActivities } from '../../src/activities/index.ts';
import { createProgram } from '../../src/cli/program.ts';
import { normalisingContext } from '../../src/config/normalising.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { configurationSchema } from '../../src/contract/configuration.ts';
import { destinationSchema } from '../../src/contract/destinations.ts';
import { ERRORS } from '../../src/contract/errors.ts';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import { expandDocument } from '../../src/contract/each.ts';
import { isScheduleDocument } from '../../src/contract/schedule.ts';
import { normalise, specificationSchema } from '../../src/contract/specification.ts';
import {
  agoraAccountSchema,
  agoraOptionsSchema,
  agoraTargetSchema,
} from '../../src/contract/vendors/agora.ts';
import {
  AGORA_CLOUDS,
  hasRegionNumber,
  regionNumber,
  storageVendorOf,
} from '../../src/contract/vendors/agora/regions.ts';
import { omeAccountSchema, omeOptionsSchema, omeTargetSchema } from '../../src/contract/vendors/ome.ts';
import { nothingKnown } from '../../src/planning/memo.ts';
import { createCloudEmulator } from '../../src/emulators/cloud/cloud.ts';
import { createAgoraEmulator, createOmeEmulator, ManualClock } from '../../src/emulators/index.ts';
import { omeTraits } from '../../src/recorders/ome/traits.ts';
import { normaliseSchedule } from '../../src/schedules/index.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { CHANGE_KINDS } from '../../src/session/changes.ts';
import { begin } from '../../src/session/begin.ts';
import type { Plan } from '../../src/session/plan.ts';
import { resultOf } from '../../src/session/release.ts';
import { coverageView, statusView, totalsView } from '../../src/session/views.ts';
import * as definitions from '../../src/workflows/definitions.ts';
import * as workflows from '../../src/workflows/index.ts';
import { planMemo } from '../../src/workflows/recording/published.ts';
import { parseCommand } from '../../src/workflows/recording/payload.ts';
import { blocks, code, DOCUMENTS, named, read, rows, section } from './markdown.ts';

const contract = read('docs/contract.md');
const configuration = read('docs/configuration.md');

const sorted = (names: Iterable<string>): string[] => [...names].toSorted();
const keys = (value: object): string[] => sorted(Object.keys(value));

/** Every variable that a document names. */
const ENVIRONMENT = {
  OME_ACCESS_TOKEN: 'token',
  AGORA_APP_ID: '0123456789abcdef0123456789abcdef',
  AGORA_CUSTOMER_ID: 'customer',
  AGORA_CUSTOMER_SECRET: 'secret',
  ALIBABA_ACCESS_KEY_ID: 'LTAI5tExampleExampleExam',
  ALIBABA_ACCESS_KEY_SECRET: 'secret',
  HUAWEI_PROJECT_ID: '0123456789abcdef0123456789abcdef',
  HUAWEI_ACCESS_KEY: 'key',
  HUAWEI_SECRET_KEY: 'secret',
  NCP_ACCESS_KEY: 'key',
  NCP_SECRET_KEY: 'secret',
  OBS_ACCESS_KEY: 'key',
  AWS_ROLE_KEY: 'key',
  RAM_USER_KEY: 'key',
  TENCENT_SECRET_ID: 'key',
  CDN_URL: 'rtmps://cdn.example.com/live/key',
  PAGE_URL: 'https://shop.example.com/stage',
};

const NOW = Date.parse('2026-11-01T12:00:00Z');

/** A plan as any session has one. */
function planOf(): Plan {
  const normalised = normalise(
    {
      name: 'cam1',
      account: 'ome-studio',
      target: { app: 'app', stream: 'cam1' },
      window: { length: '1h' },
    },
    { now: NOW, accounts: ['ome-studio'], vendorOf: () => VENDORS.get('ome')!.contract },
  );
  if (!normalised.ok) throw new Error('The specification is right.');
  const { specification, key, hash, recordingHash } = normalised;
  return {
    installation: 'test01',
    sessionId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    key,
    requestId: 'r1',
    specificationHash: hash,
    recordingHash,
    specification,
    traits: omeTraits,
    changes: {},
    looks: { everyMs: 1, doubtMs: 1, withCallbacksMs: 1 },
    queues: { workflows: 'keeprolling', account: 'keeprolling/ome-studio' },
    searchAttributes: false,
    renewAfterMs: 1,
  };
}

describe('docs/contract.md', () => {
  it('has every error code with its exit code and its meaning', () => {
    const told = rows(section(contract, 'Error codes')).map(([cell, exit, meaning]) => [
      code(cell),
      Number(exit),
      meaning,
    ]);
    const real = Object.entries(ERRORS).map(([name, { exit, meaning }]) => [name, exit, meaning]);
    expect(told).toEqual(real);
  });

  it('has every exit code as the help has it', () => {
    let help = '';
    createProgram()
      .configureOutput({ writeOut: (text) => (help += text) })
      .outputHelp();
    const real = [...help.matchAll(/^ {2}(\d+) +(.+)$/gm)].map(([, exit, meaning]) => [exit, meaning]);
    expect(rows(section(contract, 'Exit codes'))).toEqual(real);
    const exits = new Set(real.map(([exit]) => Number(exit)));
    expect(Object.values(ERRORS).filter(({ exit }) => !exits.has(exit))).toEqual([]);
  });

  it('has every workflow', () => {
    expect(sorted(named(contract, 'Workflow types'))).toEqual(keys(workflows));
  });

  it('has every signal, update and query', () => {
    const all = Object.values(definitions).flatMap((one) => ('type' in one ? [one] : Object.values(one))) as {
      type: string;
      name: string;
    }[];
    const real = (type: string): string[] =>
      sorted(all.filter((one) => one.type === type).map(({ name }) => name));
    // Not the payloads below the same heading.
    const told = (title: string): string[] =>
      sorted(named(section(contract, title).split('\n### ')[0]!, title));
    expect(told('Signals')).toEqual(real('signal'));
    expect(told('Updates')).toEqual(real('update'));
    expect(told('Queries')).toEqual(real('query'));
  });

  it('has every field of a command', () => {
    const told = named(contract, 'Commands');
    const values: Record<string, string> = { until: '2026-11-24T15:10:00+01:00' };
    for (const field of told) {
      expect(parseCommand('pause', { [field]: values[field] ?? 'text' }, 'own')).toBeTypeOf('object');
    }
    const parsed = parseCommand(
      'pause',
      Object.fromEntries(told.map((f) => [f, values[f] ?? 'text'])),
      'own',
    );
    const { command: _command, ...fields } = parsed as Record<string, unknown>;
    expect(sorted(told)).toEqual(keys(fields));
  });

  it('has every kind of change', () => {
    expect(named(contract, 'Changes')).toEqual(CHANGE_KINDS);
  });

  it('has every field of status, coverage, totals and result', () => {
    const state = begin(planOf(), NOW);
    expect(sorted(named(contract, 'Status'))).toEqual(keys(statusView(state)));
    expect(sorted(named(contract, 'Coverage'))).toEqual(keys(coverageView(state)));
    expect(sorted(named(contract, 'Results'))).toEqual(keys(resultOf(state)));
    const totals = /\{([^}]+)\}/.exec(section(contract, 'Totals'))?.[1]?.split(', ') ?? [];
    expect(sorted(totals)).toEqual(keys(totalsView(state)));
  });

  it('has every search attribute with its type', () => {
    const told = rows(section(contract, 'Search attributes')).map(([name, type]) => [code(name), code(type)]);
    expect(Object.fromEntries(told)).toEqual(SEARCH_ATTRIBUTES);
  });

  it('has every field of the memo', () => {
    const plan = planOf();
    const told = new Map(rows(section(contract, 'Memo')).map(([field, meaning]) => [code(field), meaning]));
    expect(sorted(told.keys())).toEqual(
      sorted([...keys(planMemo(plan)), 'lastKnown', 'requestHash', 'schedule', 'startAt']),
    );
    const lastKnown = /\{([^}]+)\}/.exec(told.get('lastKnown') ?? '')?.[1]?.split(', ') ?? [];
    expect(sorted(lastKnown)).toEqual(keys(nothingKnown(plan.specification, NOW)));
  });

  it('has every command and every option of the command line', () => {
    const told = rows(section(contract, 'Command line')).map(([usage, options]) => [
      code(usage),
      sorted([...(options ?? '').matchAll(/`(--[a-z-]+)`/g)].map(([, name]) => name!)),
    ]);
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(
        createProgram()
          // A command with arguments of its own is one beside those below it.
          .commands.flatMap((one) => {
            const own = one.commands.length === 0 || one.registeredArguments.length > 0;
            return [...(own ? [one] : []), ...one.commands];
          })
          .map((one) => [usageOf(one), sorted(optionsOf(one))]),
      ),
    );
  });
});

function usageOf(command: Command): string {
  const names = command.registeredArguments.map((argument) => `<${argument.name()}>`);
  const { parent } = command;
  const above = parent?.parent ? [parent.name()] : [];
  return [...above, command.name(), ...names].join(' ');
}

function optionsOf(command: Command): string[] {
  return command.options.map((option) => option.long ?? '');
}

interface JsonSchema {
  const?: string;
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
}

/** Paths of all fields; `entries` names what stands for a key of one's own. */
function fieldsOf(schema: z.ZodType, entries = '<name>'): string[] {
  const walk = (node: JsonSchema, path: string[]): string[] => {
    const fixed = Object.entries(node.properties ?? {}).flatMap(([name, inner]) => {
      const below = walk(inner, [...path, name]);
      return [[...path, name].join('.'), ...below];
    });
    const own = node.additionalProperties;
    const free = typeof own === 'object' && own.properties ? walk(own, [...path, entries]) : [];
    return [...fixed, ...free];
  };
  return walk(jsonSchemaOf(schema), []);
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

describe('docs/configuration.md', () => {
  it('has every field of keeprolling.yaml', () => {
    const told = rows(section(configuration, 'Fields').split('\n#### ')[0]!).map(([cell]) => code(cell));
    // A group stands in the table by its fields.
    const leaves = fieldsOf(configurationSchema).filter(
      (field, _i, all) => !all.some((other) => other.startsWith(`${field}.`)),
    );
    expect(sorted(told)).toEqual(sorted(leaves));
  });

  it('has every field of an OvenMediaEngine account', () => {
    const told = named(configuration, 'Fields of an OvenMediaEngine account');
    expect(sorted(told)).toEqual(sorted(fieldsOf(omeAccountSchema).map((one) => `accounts.<name>.${one}`)));
  });

  it('has every field of an Agora account, and of its target', () => {
    const told = named(configuration, 'Fields of an Agora account');
    expect(sorted(told)).toEqual(sorted(fieldsOf(agoraAccountSchema).map((one) => `accounts.<name>.${one}`)));
    expect(sorted(named(configuration, 'Target of Agora'))).toEqual(sorted(fieldsOf(agoraTargetSchema)));
  });

  it('has every field of a destination and of its credentials, by provider', () => {
    const text = section(configuration, 'Destinations').split('\n#### ')[0]!;
    expect(sorted(rows(text).map(([cell]) => code(cell)))).toEqual(sorted(fieldsOf(destinationSchema)));
    const told = rows(section(configuration, 'Credentials of a destination')).flatMap(([cell, providers]) =>
      [...(providers ?? '').matchAll(/`([a-z]+)`/g)].map(([, one]) => `${one}.${code(cell)}`),
    );
    const { properties } = jsonSchemaOf(destinationSchema);
    const real = (properties?.['credentials']?.oneOf ?? []).flatMap(({ properties: fields = {} }) =>
      Object.keys(fields).flatMap((name) =>
        name === 'provider' ? [] : [`${fields['provider']?.const}.${name}`],
      ),
    );
    expect(sorted(told)).toEqual(sorted(real));
  });

  it('has every field of a specification', () => {
    const told = named(configuration, 'Specification fields');
    expect(sorted(told)).toEqual(sorted(fieldsOf(specificationSchema)));
  });

  it('has every field of an OvenMediaEngine target, and every option or its refusal', () => {
    expect(sorted(named(configuration, 'Target of OvenMediaEngine'))).toEqual(
      sorted(fieldsOf(omeTargetSchema)),
    );
    const text = section(configuration, 'Options of OvenMediaEngine');
    const refused = text.split('\n').filter((line) => line.startsWith('`'));
    const told = [
      ...rows(text).map(([cell]) => code(cell)),
      ...[...(refused[0] ?? '').matchAll(/`([A-Za-z]+)`/g)].map(([, name]) => name!),
    ];
    expect(sorted(told)).toEqual(sorted(fieldsOf(omeOptionsSchema)));
  });
});

describe('docs/agora.md', () => {
  const agora = read('docs/agora.md');

  it('has every option, or its refusal', () => {
    const text = section(agora, 'Options');
    const told = [
      ...rows(text).map(([cell]) => code(cell)),
      ...[...section(agora, 'Refused options').matchAll(/`([A-Za-z_.]+)`/g)].map(([, name]) => name!),
    ];
    // A group stands there by its fields.
    const real = fieldsOf(agoraOptionsSchema).filter(
      (field, _i, all) => !all.some((other) => other.startsWith(`${field}.`)),
    );
    expect(sorted(new Set(told))).toEqual(sorted(real));
  });

  it('has every cloud with its number, and every region with its own', () => {
    const clouds = rows(section(agora, 'Clouds')).map(([cloud, vendor]) => [code(cloud), Number(vendor)]);
    expect(clouds).toEqual(AGORA_CLOUDS.map((cloud) => [cloud, storageVendorOf(cloud)]));
    for (const [cell, list] of rows(section(agora, 'Regions'))) {
      const cloud = code(cell) as (typeof AGORA_CLOUDS)[number];
      const told = [...(list ?? '').matchAll(/(\d+) `([a-z0-9-]+)`/g)].map(([, n, name]) => [
        name,
        Number(n),
      ]);
      const real = told.map(([name]) => [name, regionNumber(cloud, String(name))]);
      expect(told).toEqual(real);
      const numbered = new Set(told.map(([, n]) => n));
      const holes = [...(list ?? '').matchAll(/(\d+) (?:does not exist|has no name)/g)].map(([, n]) =>
        Number(n),
      );
      const all = Array.from(
        { length: Math.max(...told.map(([, n]) => Number(n)), ...holes) + 1 },
        (_, n) => n,
      );
      expect(all.filter((n) => !numbered.has(n))).toEqual(holes);
      expect(hasRegionNumber(cloud, all.length)).toBe(false);
    }
  });

  it('has every switch of what is unknown', () => {
    const told = rows(section(agora, 'What is not known')).flatMap(([cell]) =>
      cell?.includes('`') ? [code(cell)] : [],
    );
    const source = read('src/emulators/agora/options.ts');
    const [, body = ''] = /interface AgoraUnknowns \{([\s\S]*?)\n\}/.exec(source) ?? [];
    expect(sorted(told)).toEqual(sorted([...body.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name!)));
  });
});

describe('tables about the code', () => {
  it('name every layer', () => {
    const told = named(read('docs/architecture.md'), 'Layers').map((name) => name.replace(/\/$/, ''));
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    );
    expect(sorted(told)).toEqual(sorted(new Set(files.map((path) => path.split('/')[0]!))));
  });

  it('name every activity', () => {
    const none = {} as never;
    const activities = createActivities({ settings: none, registry: none, archive: null, dispatcher: none });
    expect(sorted(named(read('docs/architecture.md'), 'Activities'))).toEqual(keys(activities));
  });

  it('name every trait', () => {
    const { absence, ...traits } = omeTraits;
    const real = [...keys(traits), ...keys(absence).map((name) => `absence.${name}`)];
    expect(sorted(named(read('docs/writing-a-recorder.md'), 'Traits'))).toEqual(sorted(real));
  });

  it('name every control of the emulator', () => {
    const emulator = createOmeEmulator({ clock: new ManualClock().now, accessToken: 'x' });
    expect(sorted(named(read('docs/emulators.md'), 'Controls'))).toEqual(keys(emulator.controls));
    const clock = new ManualClock().now;
    const agora = createAgoraEmulator({
      clock,
      customerId: 'c',
      customerSecret: 's',
      apps: [{ appId: 'a' }],
    });
    expect(sorted(named(read('docs/emulators.md'), 'Controls of Agora'))).toEqual(keys(agora.controls));
    const cloud = createCloudEmulator({ clock, keys: [], buckets: [] });
    expect(sorted(named(read('docs/emulators.md'), 'Controls of the cloud'))).toEqual(keys(cloud.controls));
  });

  it('name every fault', () => {
    const { controls } = createOmeEmulator({ clock: new ManualClock().now, accessToken: 'x' });
    const refusal = (): unknown => controls['faults']!({ kind: 'none' }, 0);
    const told = named(read('docs/emulators.md'), 'Faults');
    expect(refusal).toThrow(`A fault is one of ${told.join(', ')}.`);
  });
});

describe('YAML in the documents and examples', () => {
  const examples = readdirSync('examples')
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [`examples/${name}`, read(`examples/${name}`)] as const);
  const texts = DOCUMENTS.flatMap((file) => blocks(read(file), 'yaml').map((text) => [file, text] as const));
  const documents = [...texts, ...examples].flatMap(([file, text]) =>
    parseAllDocuments(text).map((one) => [file, one.toJS() as Record<string, unknown>] as const),
  );

  /** Whatever is read from files is there. */
  const folder = mkdtempSync(join(tmpdir(), 'keeprolling-docs-'));
  const certificate = join(folder, 'certificate');
  writeFileSync(certificate, 'fedcba9876543210fedcba9876543210\n');
  const end = join(folder, 'end');
  writeFileSync(end, '2026-11-25T00:00:00Z\n');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const settingsFrom = (document: unknown) =>
    settingsOf(
      JSON.parse(
        JSON.stringify(document).replaceAll(
          /file:[^"]+/g,
          (name) => `file:${name.endsWith('-end') ? end : certificate}`,
        ),
      ),
      null,
      folder,
      VENDORS,
      ENVIRONMENT,
    );
  const [all, agora] = ['keeprolling-all.yaml', 'keeprolling-agora.yaml'].map(
    (name) => parse(read(`examples/${name}`)) as { accounts: object; destinations: object },
  );
  const known = settingsFrom({
    ...agora,
    accounts: { ...all?.accounts, ...agora?.accounts },
    destinations: { ...all?.destinations, ...agora?.destinations },
  });

  const specifications = documents.filter(([, document]) => 'name' in document);
  const configurations = documents.filter(([, document]) => !('name' in document));

  it.each(specifications)('of %s is accepted: %j', (_file, written) => {
    const [{ document } = { document: written }] = expandDocument(written).documents;
    const check = isScheduleDocument(document) ? normaliseSchedule : normalise;
    const normalised = check(document, normalisingContext(known, NOW));
    expect(normalised.ok ? [] : normalised.problems).toEqual([]);
  });

  it.each(configurations)('of %s can be used: %j', (_file, document) => {
    const settings = settingsFrom(document);
    const used = [
      ...settings.accountNames().map((name) => settings.account(name).vendor),
      ...settings.destinationNames().map((name) => settings.destination(name).cloud),
      ...settings.secretNames().map((name) => settings.secret(name)),
    ];
    expect(used.length).toBeGreaterThan(0);
  });
});
