import { isUnreachable } from '../../client/errors.ts';
import { levelsInUse } from '../../client/levels.ts';
import type { Reach } from '../../client/reach.ts';
import type { Settings } from '../../config/settings.ts';
import type { Check } from '../../recorders/recorder.ts';
import { currentLevel, levelsCheck, WHAT } from './behaviour.ts';
import { bounded } from './checks.ts';

/** Not knowing it is no fault of its own: whatever keeps the server from telling has its own line. */
export async function behaviourCheck(settings: Settings, reach: Reach): Promise<Check[]> {
  return await bounded(
    WHAT,
    async () => [levelsCheck(await levelsInUse({ settings, reach }))],
    (error) =>
      currentLevel(
        `; which levels open sessions have is not known${isUnreachable(error) ? ': the server does not answer' : ''}`,
      ),
  );
}
