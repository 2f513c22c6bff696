/**
 * Destinations of keeprolling.yaml: their structure is checked at load, their values only at use, so that what is
 * missing in one place breaks nothing that does not need it.
 */
import { isAbsolute, join } from 'node:path';
import {
  destinationSchema,
  placeOf,
  SAMPLE_ROLES,
  type CredentialSource,
  type Destination,
  type Place,
} from '../contract/destinations.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { problemsOf, type Problem } from '../contract/problems.ts';
import { parsedEntry } from './parsed.ts';
import { isUnresolved, resolveValues, secretName, type Environment, type SecretLookup } from './values.ts';

type Fields = Record<string, unknown>;

/** What destinations are resolved with. */
export interface Surroundings {
  file: string | null;
  folder: string;
  env: Environment;
  secrets: SecretLookup;
}

/** Stand in for values that are not there yet, where a form is asked for; they fit every cloud. */
const SAMPLES: Record<string, unknown> = {
  bucket: 'sample-1250000000',
  region: 'sample',
  endpoint: 'https://sample.example.com',
  prefix: 'sample',
  duration: '12h',
  refresh: '60m',
  timeout: '5s',
  expiresAt: '2000-01-01T00:00:00Z',
  probe: 'write',
};

/** Samples in place of what `isSampled` says; `cloud` and `provider` decide the form and must be written out. */
export function sampled(
  value: unknown,
  field: string,
  isSampled: (text: unknown) => boolean,
  samples: Record<string, unknown> = SAMPLES,
): unknown {
  if (isSampled(value)) return samples[field] ?? 'sample';
  if (Array.isArray(value)) return value.map((one) => sampled(one, field, isSampled, samples));
  if (value === null || typeof value !== 'object') return value;
  const role = SAMPLE_ROLES[String((value as Fields)['provider'])];
  const known = role === undefined ? samples : { ...samples, role };
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'cloud' || name === 'provider' ? inner : sampled(inner, name, isSampled, known),
    ]),
  );
}

/** A value that is looked up at each use: it cannot be judged now. */
export const isLater = (value: unknown): boolean =>
  typeof value === 'string'
    ? isUnresolved(value)
    : typeof value === 'object' && value !== null && typeof secretName(value) === 'string';

export function destinationProblems(destinations: Record<string, Fields>): Problem[] {
  return Object.entries(destinations).flatMap(([name, raw]) => {
    const document = sampled(raw, '', isLater);
    const parsed = destinationSchema.safeParse(document);
    return parsed.success ? [] : problemsOf(parsed.error, document, ['destinations', name]);
  });
}

/** @throws KeepRollingError E_CONFIG_INVALID */
export function resolveDestination(
  name: string,
  raw: Fields | undefined,
  { file, folder, env, secrets }: Surroundings,
): Destination {
  if (raw === undefined) {
    throw new KeepRollingError('E_CONFIG_INVALID', `The configuration has no destination ${name}.`, {
      destination: name,
    });
  }
  const document = resolveValues(raw, `destinations.${name}`, env, folder, secrets);
  const destination = parse(name, document, file);
  const { credentials, read } = destination;
  return {
    ...destination,
    ...(credentials && { credentials: located(credentials, folder) }),
    ...(read && { read: { ...read, credentials: located(read.credentials, folder) } }),
  };
}

/** The path of a command, unlike its name, is relative to the configuration. */
function located(source: CredentialSource, folder: string): CredentialSource {
  if (source.provider !== 'exec') return source;
  const [command, ...args] = source.command;
  const path = command.includes('/') && !isAbsolute(command) ? join(folder, command) : command;
  return { ...source, command: [path, ...args] };
}

/** Of the credentials nothing but provider and life is looked at. @throws KeepRollingError E_CONFIG_INVALID */
export function placeWithoutSecrets(
  name: string,
  raw: Fields,
  { file, folder, env, secrets }: Surroundings,
): Place {
  const { credentials, read: _read, ...rest } = raw;
  const { duration, ...secret } = (credentials ?? {}) as Fields;
  const plain = resolveValues(
    { ...rest, ...(duration !== undefined && { duration }) },
    `destinations.${name}`,
    env,
    folder,
    secrets,
  ) as Fields;
  const { duration: lifetime, ...fields } = plain;
  const document = {
    ...fields,
    ...(credentials !== undefined && {
      credentials: {
        ...(sampled(secret, '', (value) => typeof value === 'string' || isLater(value)) as Fields),
        ...(lifetime !== undefined && { duration: lifetime }),
      },
    }),
  };
  return placeOf(name, parse(name, document, file));
}

function parse(name: string, document: unknown, file: string | null): Destination {
  return parsedEntry(destinationSchema, document, ['destinations', name], file);
}
