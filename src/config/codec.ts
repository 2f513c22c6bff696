import { pathToFileURL } from 'node:url';
import type { PayloadCodec } from '@temporalio/common';
import { KeepRollingError } from '../contract/errors.ts';

/**
 * The data converter that `codec` in keeprolling.yaml asks for: a module whose default export is a list of payload
 * codecs. Clients and workers must use the same one, else they cannot read each other.
 * @param file absolute path of the module, or null without the setting
 * @returns undefined without the setting
 * @throws KeepRollingError E_CONFIG_INVALID
 */
export async function loadDataConverter(
  file: string | null,
): Promise<{ payloadCodecs: PayloadCodec[] } | undefined> {
  if (file === null) return undefined;
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KeepRollingError('E_CONFIG_INVALID', `codec: the module ${file} cannot be loaded: ${why}`);
  }
  const codecs = loaded.default;
  if (!Array.isArray(codecs) || !codecs.every(isCodec)) {
    throw new KeepRollingError(
      'E_CONFIG_INVALID',
      `codec: the default export of ${file} must be a list of payload codecs, each with encode and decode.`,
    );
  }
  return { payloadCodecs: codecs };
}

function isCodec(one: unknown): one is PayloadCodec {
  const codec = one as Partial<PayloadCodec> | null;
  return typeof codec?.encode === 'function' && typeof codec.decode === 'function';
}
