/** Each destination: are there credentials, do they live long enough, and is the bucket written with them? */
import type { Dispatcher } from 'undici';
import type { Settings } from '../../config/settings.ts';
import { speaksS3, type Place } from '../../contract/destinations.ts';
import { formatDuration } from '../../contract/time.ts';
import { storageAccess } from '../../credentials/access.ts';
import type { Minted } from '../../credentials/minted.ts';
import type { Check } from '../../recorders/recorder.ts';
import { bad, bounded, CHECK_MS, failed, good } from './checks.ts';

/** What a recorder that keeps credentials asks of them. */
const LONG_MS = 4 * 3_600_000;

export function destinationChecks(
  settings: Settings,
  dispatcher: Dispatcher,
  now: () => number,
): Promise<Check[]>[] {
  return settings.destinationNames().map((name) => {
    const what = `destination ${name}`;
    return bounded(
      what,
      async () => {
        const destination = settings.destination(name);
        const access = storageAccess({ name, destination, dispatcher, now });
        if (!access.place.hasCredentials) return [good(what, writtenByOthers(access.place))];
        const folder = destination.prefix ?? '';
        const minted = await access.mint({ minLifeMs: 0, folder });
        const isTried = destination.probe === 'write' && speaksS3(destination.cloud);
        const archive = settings.archive();
        const holdsArchive = archive !== null && 'destination' in archive && archive.destination === name;
        const check = judged(what, access.place, minted, isTried, now());
        // Ledgers need no long life, and nothing here tells whether recordings go there too.
        return [holdsArchive && !check.ok ? good(what, check.detail) : check];
      },
      (error) => failed(what, error),
      patienceMs(settings, name),
    );
  });
}

/** A command of the user's own may take as long as its own time-out says. */
function patienceMs(settings: Settings, name: string): number {
  try {
    const { credentials } = settings.destination(name);
    return credentials?.provider === 'exec' ? credentials.timeout + CHECK_MS : CHECK_MS;
  } catch {
    return CHECK_MS;
  }
}

function whereOf({ cloud, bucket, prefix }: Place): string {
  return `${cloud} ${bucket}${prefix === null ? '' : `/${prefix}`}`;
}

function writtenByOthers(place: Place): string {
  return `${whereOf(place)} was not tried: it has no credentials, the recorder's service writes there by its own right`;
}

function judged(what: string, place: Place, { life }: Minted, isTried: boolean, now: number): Check {
  const where = whereOf(place);
  const tried = isTried ? 'was written' : 'was not tried (no probe)';
  if (life === null) return good(what, `${where} ${tried}; its credentials have no end`);
  const leftMs = life.expiresAt - now;
  // Whole minutes: the seconds on the way are nobody's concern.
  const left = formatDuration(Math.round(leftMs / 60_000) * 60_000);
  if (leftMs >= LONG_MS) return good(what, `${where} ${tried}; credentials live ${left} (4h are needed)`);
  return bad(
    what,
    `${where} ${tried}, but credentials live ${left} only, and recorders ask for 4h`,
    "raise the role's MaxSessionDuration and `duration`; a role assumed with another role's keys gets 1h at most",
  );
}
