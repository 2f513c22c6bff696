/** What every function of the client works with, made from settings in hand. */
import type { ConnectionLike } from '@temporalio/client';
import { openArchive } from '../archive/open.ts';
import { loadDataConverter } from '../config/codec.ts';
import type { Settings } from '../config/settings.ts';
import type { Environment } from '../config/values.ts';
import type { Registry } from '../recorders/registry.ts';
import { readableArchive, type Context } from './context.ts';
import { reachOf } from './reach.ts';
import { searchAttributesAsked } from './search-attributes.ts';

export interface OpenOptions {
  settings: Settings;
  registry: Registry;
  env: Environment;
  /** A connection of the caller's own, which is not closed with the rest. */
  connection?: ConnectionLike;
  namespace?: string;
}

export interface Opened {
  context: Context;
  /** Lets go of server and archive. */
  close: () => Promise<void>;
}

/** Reaches nobody yet. @throws KeepRollingError E_CONFIG_INVALID */
export async function open(options: OpenOptions): Promise<Opened> {
  const { settings, registry, env, connection, namespace } = options;
  const converter = await loadDataConverter(settings.codec());
  const reach = reachOf(settings, env, {
    payloadCodecs: converter?.payloadCodecs ?? [],
    ...(connection && { connection }),
    ...(namespace !== undefined && { namespace }),
  });
  const archive = openArchive(settings);
  const context = {
    settings,
    registry,
    archive: archive && readableArchive(archive),
    reach,
    hasSearchAttributes: searchAttributesAsked(reach),
  };
  return {
    context,
    close: async () => void (await Promise.all([reach.close(), archive?.close()])),
  };
}
