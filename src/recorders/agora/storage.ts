/** The storage block, whole: Agora wants its five base fields at each update too ("update", storageConfig). */
import {
  MIN_STS_LIFE_MS,
  storageRegionOf,
  storageVendorOf,
  type AgoraOptions,
} from '../../contract/vendors/agora.ts';
import type { Minted, StorageAccess } from '../../credentials/minted.ts';
import { VendorFailure } from '../recorder.ts';
import type { AgoraContext } from './handle.ts';

/** Mints and probes; the block goes to Agora and nowhere else. @throws StorageFailure, VendorFailure */
export async function mintStorage(
  context: AgoraContext,
  options: AgoraOptions,
  folder: string[],
): Promise<{ minted: Minted; storageConfig: ReturnType<typeof storageConfigOf> }> {
  const access = context.storage ?? refuseMissing();
  const minted = await access.mint({ minLifeMs: MIN_STS_LIFE_MS, folder: folder.join('/') });
  return { minted, storageConfig: storageConfigOf(access, options, folder, minted) };
}

function storageConfigOf(
  { place }: StorageAccess,
  options: AgoraOptions,
  folder: string[],
  { accessKey, secretKey, token, life }: Minted,
) {
  const { sse = '' as const, tag = '' } = options.storageConfig?.extensionParams ?? {};
  // With any other cloud the endpoint is for our own calls alone.
  const endpoint = place.cloud === 's3-compatible' ? place.endpoint : null;
  const extended = sse !== '' || tag !== '' || endpoint !== null;
  return {
    vendor: storageVendorOf(place.cloud),
    region: storageRegionOf(place, options),
    bucket: place.bucket,
    accessKey,
    secretKey,
    ...(token !== undefined && { stsToken: token }),
    ...(token !== undefined && life !== null && { stsExpiration: Math.floor(life.expiresAt / 1000) }),
    fileNamePrefix: folder,
    // The page calls `sse` and `tag` required within the object: both go along, empty for none, as Agora's clients do.
    ...(extended && { extensionParams: { sse, tag, ...(endpoint !== null && { endpoint }) } }),
  };
}

function refuseMissing(): never {
  throw new VendorFailure({
    code: 'E_DESTINATION',
    message: 'Agora needs a place for its files, and this session names no destination.',
    who: 'you',
    applied: 'no',
    retry: 'never',
    cause: 'destination',
  });
}
