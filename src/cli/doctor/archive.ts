/** Is the archive there, can it be written, and is it the one that the workers write? And every other place for files. */
import { Agent } from 'undici';
import type { OpenArchive } from '../../archive/archive.ts';
import { markerOf, NO_ARCHIVE, toldIn, UNREADABLE } from '../../archive/marker.ts';
import { openArchive } from '../../archive/open.ts';
import { ACTIVITIES, isGone, pollersOf, type Poller } from '../../client/pollers.ts';
import type { Reach } from '../../client/reach.ts';
import type { Settings } from '../../config/settings.ts';
import { StorageFailure } from '../../credentials/minted.ts';
import type { Check } from '../../recorders/recorder.ts';
import { workflowQueue } from '../../session/names.ts';
import { count } from '../render/text.ts';
import { bad, bounded, good, failed } from './checks.ts';
import { destinationChecks } from './destinations.ts';
import { unreached } from './server.ts';

const WORKERS = 'archive of the workers';
const CALL_MS = 2_000;
/** So many of those that differ are named. */
const NAMED = 3;

export function archiveChecks(settings: Settings, reach: Reach, now: () => number): Promise<Check[]>[] {
  const dispatcher = new Agent({ connect: { timeout: CALL_MS } });
  const archive = openArchive(settings, { dispatcher, now });
  const checks = [
    bounded(
      'archive',
      async () => [await archiveCheck(archive)],
      () => bad('archive', 'it cannot be looked at', 'see whether its folder is mounted'),
    ),
    ...(archive === null ? [] : [workersCheck(archive, settings, reach, now)]),
    ...destinationChecks(settings, dispatcher, now),
  ];
  void Promise.allSettled(checks).then(async () => await dispatcher.destroy());
  return checks;
}

function workersCheck(
  archive: OpenArchive,
  settings: Settings,
  reach: Reach,
  now: () => number,
): Promise<Check[]> {
  return bounded(
    WORKERS,
    async () => {
      const queue = workflowQueue(settings.queuePrefix());
      const pollers = await pollersOf(reach, queue, ACTIVITIES, CALL_MS);
      const mark = await markerOf(archive).catch(() => null);
      return mark === null
        ? [{ what: WORKERS, ok: false, detail: 'not known: the archive here has no mark to compare with' }]
        : [sameArchiveCheck(mark, pollers, now())];
    },
    (error) => unreached(WORKERS, error, reach),
  );
}

async function archiveCheck(archive: OpenArchive | null): Promise<Check> {
  if (archive === null) {
    return bad(
      'archive',
      'none is configured: what was recorded is forgotten with the namespace',
      'add archive: { directory: … } to keeprolling.yaml',
    );
  }
  try {
    const mark = await markerOf(archive);
    await archive.probe();
    return good('archive', `${archive.place} can be written; its mark is ${mark}`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof StorageFailure || code === undefined || code.startsWith('E_'))
      return failed('archive', error);
    return bad(
      'archive',
      `${archive.place} cannot be written (${code})`,
      'mend the folder, or name another one in keeprolling.yaml',
    );
  }
}

/** What a worker writes elsewhere is missing in every answer from here, and nothing else would tell. */
export function sameArchiveCheck(mark: string, pollers: Poller[], now: number): Check {
  const alive = pollers.filter((one) => !isGone(one.at, now)).map((one) => toldIn(one.identity));
  if (alive.length === 0) return { what: WORKERS, ok: false, detail: 'not known: no worker polls' };
  const others = alive.filter((one) => one.mark !== mark);
  if (others.length === 0) return good(WORKERS, `${count(alive.length, 'worker')} with the same mark`);
  const told = others.slice(0, NAMED).map(({ worker, mark: theirs }) => `${worker} ${wordsFor(theirs)}`);
  const more = others.length > NAMED ? `, and ${others.length - NAMED} more` : '';
  const silent = others.every((one) => one.mark === null);
  return bad(
    WORKERS,
    `${told.join(', ')}${more}; the mark here is ${mark}`,
    silent
      ? 'start workers of this release: older ones do not tell their mark'
      : 'give both the same archive: one bucket, one host, or a shared mount, named in both keeprolling.yaml; then restart the worker',
  );
}

function wordsFor(mark: string | null): string {
  if (mark === null) return 'does not tell its mark';
  if (mark === NO_ARCHIVE) return 'has no archive';
  if (mark === UNREADABLE) return 'could not read its archive when it started';
  return `writes another archive (mark ${mark})`;
}
