/** Storage credentials, minted and proved for one call of a recorder. */
import { placeOf, speaksS3, type CredentialSource } from '../contract/destinations.ts';
import { formatDuration } from '../contract/time.ts';
import { assumeAlibabaRole } from './alibaba/assume-role.ts';
import { assumeRole } from './aws/assume-role.ts';
import { EXCHANGE_MS } from './aws/clients.ts';
import { probeWrite } from './aws/probe.ts';
import { execCommand } from './exec.ts';
import type { Minted, StorageAccess } from './minted.ts';
import { refused, type ObtainContext } from './provider.ts';
import { staticKeys } from './static.ts';
import { assumeTencentRole } from './tencent/assume-role.ts';

export type StorageAccessOptions = ObtainContext;

/** A whole mint with its probe: well below the 30 s that the lane gives, of which the vendor needs the rest. */
const MINT_MS = 12_000;
/** A probe is given this much even after a slow provider. */
const LEAST_PROBE_MS = 2_000;

export function storageAccess(options: StorageAccessOptions): StorageAccess {
  const { name, destination } = options;
  return {
    place: placeOf(name, destination),
    async mint({ minLifeMs, folder }) {
      const began = performance.now();
      refuseShort(options, minLifeMs);
      const minted = await obtain(options);
      checkLife(options, minted, minLifeMs);
      if (isProbed(options)) {
        const leftMs = MINT_MS - (performance.now() - began);
        await probeWrite(options, minted, folder, Math.min(EXCHANGE_MS, Math.max(LEAST_PROBE_MS, leftMs)));
      }
      return minted;
    },
  };
}

/** Credentials from the destination's provider, as they come. @throws StorageFailure */
export async function obtain(context: ObtainContext): Promise<Minted> {
  const credentials = sourceOf(context);
  switch (credentials.provider) {
    case 'aws':
      return await assumeRole(credentials, context);
    case 'alibaba':
      return await assumeAlibabaRole(credentials, context);
    case 'tencent':
      return await assumeTencentRole(credentials, context);
    case 'exec':
      return await execCommand(credentials, context);
    case 'static':
      return await staticKeys(credentials, context);
  }
}

/** @throws StorageFailure where the destination has no credentials */
function sourceOf({ name, destination }: ObtainContext): CredentialSource {
  if (destination.credentials) return destination.credentials;
  throw refused(
    name,
    'it has no credentials, and they are needed here: say under `credentials` where they come from',
  );
}

function isProbed({ destination }: ObtainContext): boolean {
  return speaksS3(destination.cloud) && destination.probe === 'write';
}

/** Why credentials are short, and what to change, by provider. */
const LONGER: Record<CredentialSource['provider'], string> = {
  aws: "raise `duration` above it and the role's MaxSessionDuration with it; a role that is assumed with another role's keys (role chaining) gets 1h at most",
  alibaba: "raise `duration` above it and the role's MaxSessionDuration with it",
  tencent: "raise `duration` above it and the role's longest session duration with it",
  exec: "let the command ask for a longer life and raise the role's MaxSessionDuration; a role that is assumed with another role's keys (role chaining) gets 1h at most",
  static: 'write longer-lived ones, and their expiresAt, where they stand',
};

/** What the configuration itself says is too short is not even asked for. */
function refuseShort(context: ObtainContext, minLifeMs: number): void {
  const credentials = sourceOf(context);
  if (!('duration' in credentials) || credentials.duration >= minLifeMs) return;
  throw refused(
    context.name,
    `its credentials are to live ${formatDuration(credentials.duration)}, and ${formatDuration(minLifeMs)} are needed: ${LONGER[credentials.provider]}`,
  );
}

function checkLife(context: ObtainContext, { life }: Minted, minLifeMs: number): void {
  const { name, now } = context;
  const leftMs = life === null ? Infinity : life.expiresAt - now();
  if (leftMs >= minLifeMs) return;
  // Rounded down: 4h where 4h are needed would puzzle.
  const left = formatDuration(Math.max(0, Math.floor(leftMs / 1000) * 1000));
  throw refused(
    name,
    `its credentials have ${left} of life left, and ${formatDuration(minLifeMs)} are needed: ${LONGER[sourceOf(context).provider]}`,
  );
}
