/** Receivers of notifications: their structure is checked at load, their values only at use. */
import { KeepRollingError } from '../contract/errors.ts';
import { problemsOf, unknownName, type Problem } from '../contract/problems.ts';
import { receiverSchema, type Receiver } from '../contract/receivers.ts';
import { isLater, sampled, type Surroundings } from './destinations.ts';
import { parsedEntry } from './parsed.ts';
import { resolveValues } from './values.ts';

type Fields = Record<string, unknown>;

const SAMPLES: Fields = { url: 'https://sample.example.com', keys: `whsec_${'A'.repeat(32)}` };

export function receiverProblems(receivers: Record<string, Fields>): Problem[] {
  return Object.entries(receivers).flatMap(([name, raw]) => {
    const document = sampled(raw, '', isLater, SAMPLES);
    const parsed = receiverSchema.safeParse(document);
    return parsed.success ? [] : problemsOf(parsed.error, document, ['receivers', name]);
  });
}

/** Names of receivers that are meant and not there. */
export function notifyProblems(names: string[], receivers: Record<string, Fields>): Problem[] {
  const known = Object.keys(receivers);
  return names.flatMap((name, i) =>
    known.includes(name) ? [] : [unknownName(`notify[${i}]`, 'receiver', name, known)],
  );
}

/** @throws KeepRollingError E_CONFIG_INVALID */
export function resolveReceiver(
  name: string,
  raw: Fields | undefined,
  { file, folder, env, secrets }: Surroundings,
): Receiver {
  if (raw === undefined) {
    throw new KeepRollingError('E_CONFIG_INVALID', `The configuration has no receiver ${name}.`, {
      receiver: name,
    });
  }
  const document = resolveValues(raw, `receivers.${name}`, env, folder, secrets);
  return parsedEntry(receiverSchema, document, ['receivers', name], file);
}
