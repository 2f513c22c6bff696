/**
 * Which output stream is recorded. OvenMediaEngine records OUTPUT streams and takes any name without a word; a wrong
 * one stays `ready` for ever. So names are asked for where that is possible, and compared when the source is up.
 */
import type { Failure } from '../../session/facts.ts';
import type { OmeOptions, OmeTarget } from '../../contract/vendors/ome.ts';
import { VendorFailure } from '../recorder.ts';
import type { OmeApi } from './api.ts';
import { appOf, QUESTION } from './handle.ts';
import type { OmeStream } from './wire.ts';

export interface Output {
  name: string;
  assumed: boolean;
}

/**
 * The output's name: as given, else the only one that the stream has. While the source is not there nobody can tell,
 * and the input's name is taken, as most profiles name their output; a look notices if that was wrong.
 * @throws VendorFailure when there are several outputs, or a variant that the output does not have
 */
export async function resolveOutput(api: OmeApi, target: OmeTarget, options: OmeOptions): Promise<Output> {
  const wantsVariants = (options.variantNames?.length ?? 0) > 0;
  if (target.output !== undefined && !wantsVariants) return { name: target.output, assumed: false };
  const stream = await ask(api, target);
  const output = chooseOutput(target, stream);
  const missing = missingVariants(stream, output.name, options);
  if (missing.length > 0) throw new VendorFailure(unknownVariants(output.name, missing, stream));
  return output;
}

/** With the output given, the question is only about variants, and no answer must not hold up the start. */
async function ask(api: OmeApi, target: OmeTarget): Promise<OmeStream | null> {
  try {
    return await api.stream(appOf(target), target.stream, QUESTION);
  } catch (error) {
    if (target.output !== undefined && error instanceof VendorFailure) return null;
    throw error;
  }
}

export function outputNames(stream: OmeStream | null): string[] {
  return (stream?.outputs ?? []).map((output) => output.name);
}

function chooseOutput(target: OmeTarget, stream: OmeStream | null): Output {
  if (target.output !== undefined) return { name: target.output, assumed: false };
  const names = outputNames(stream);
  const [only] = names;
  if (only === undefined) return { name: target.stream, assumed: true };
  if (names.length === 1) return { name: only, assumed: false };
  throw new VendorFailure({
    code: 'E_VENDOR_REFUSED',
    message: `The stream ${target.stream} has several outputs (${names.join(', ')}): target.output must say which one is to be recorded.`,
    who: 'you',
    applied: 'no',
    retry: 'never',
    cause: 'late-start',
    vendor: { operation: 'stream' },
  });
}

/** OvenMediaEngine leaves unknown variants out and records the others without a word. */
export function missingVariants(stream: OmeStream | null, output: string, options: OmeOptions): string[] {
  const tracks = stream?.outputs?.find(({ name }) => name === output)?.tracks ?? [];
  const names = new Set(tracks.map(({ name }) => name));
  if (names.size === 0) return [];
  // "name:1" means the second track of that name.
  return (options.variantNames ?? []).filter((variant) => !names.has(variant.split(':')[0]));
}

export function unknownVariants(output: string, missing: string[], stream: OmeStream | null): Failure {
  const tracks = stream?.outputs?.find(({ name }) => name === output)?.tracks ?? [];
  const names = [...new Set(tracks.flatMap(({ name }) => (name === undefined ? [] : [name])))];
  return {
    code: 'E_VENDOR_REFUSED',
    message: `The output ${output} has no variant ${missing.join(', ')}; it has ${names.join(', ') || 'none'} (options.variantNames).`,
    who: 'you',
    applied: 'no',
    retry: 'never',
    cause: 'late-start',
    vendor: { operation: 'startRecord' },
  };
}

/** The source is up and has no output of the name that the record waits for. */
export function misnamedOutput(
  target: OmeTarget,
  output: string,
  assumed: boolean,
  names: string[],
): Failure {
  return {
    code: 'E_VENDOR_REFUSED',
    message: `The stream ${target.stream} is up, and none of its outputs (${names.join(', ')}) is called ${output}: ${
      assumed ? 'target.output should name the one to be recorded' : 'target.output must be one of them'
    }.`,
    who: 'you',
    applied: 'no',
    // A new take asks again and finds the right name; a name that was given stays wrong.
    retry: assumed ? 'later' : 'never',
    cause: 'late-start',
    vendor: { operation: 'stream' },
  };
}
