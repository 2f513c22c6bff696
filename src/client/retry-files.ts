/** Looks again at files that are missing or not stored: by the keeper while it is open, else by a new run of it. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { readFiles, type FilesFile } from '../archive/files.ts';
import { mostUrgent, shortSums } from '../archive/manifest.ts';
import { readSessionFile, type SessionFile } from '../archive/ledger.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { again, lacksFiles } from '../session/collecting.ts';
import { addCounts, noFiles } from '../session/filed.ts';
import { filesWorkflowId } from '../session/names.ts';
import type { FilesInput, FilesState } from '../workflows/definitions.ts';
import { DEADLINES, type Context } from './context.ts';
import { folderOf } from './files.ts';
import type { SessionName } from './find.ts';
import type { RetriedFiles } from './types.ts';

/** As in src/workflows/definitions.ts, whose values do not belong into this process. */
const RETRY = 'retry';
/** What a new run is told of each take; the archive has the rest. */
const TOLD = { takes: 100, files: 2 };

/** @throws KeepRollingError E_COMMAND_INVALID where the archive has no last word on the files, E_SERVER_UNREACHABLE */
export async function retryFiles(
  context: Context,
  session: SessionName & { name: string },
): Promise<RetriedFiles> {
  const { sessionId, key, name } = session;
  const workflowId = filesWorkflowId(sessionId);
  const answer = { sessionId, key, name };
  try {
    await context.reach.within(
      DEADLINES.signal,
      async ({ workflow }) => await workflow.getHandle(workflowId).signal(RETRY),
    );
    return { ...answer, how: 'told', takes: null };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  const { archive } = context;
  const folder = archive && (await folderOf(archive, session));
  const files = archive && folder != null ? await readFiles(archive, folder) : undefined;
  const closed = archive && folder != null ? await readSessionFile(archive, folder) : undefined;
  if (!files || !closed) {
    throw new KeepRollingError(
      'E_COMMAND_INVALID',
      `Nobody looks after the files of ${name} any more, and the archive has no last word on them to go on from.`,
    );
  }
  const input = inputOf(files, closed);
  const takes = input.carried!.takes.length;
  if (takes === 0) return { ...answer, how: 'nothing', takes: 0 };
  await context.reach.within(
    DEADLINES.start,
    async ({ workflow }) =>
      await workflow.start('files', {
        workflowId,
        taskQueue: input.queues.workflows,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `files of ${name}, once more`,
      }),
  );
  return { ...answer, how: 'begun', takes };
}

function inputOf(
  { collection, takes }: FilesFile,
  { session: header, result, previousHash }: SessionFile,
): FilesInput {
  const now = Date.now();
  const lacking = takes.filter(
    ({ asked, fileCount, sums }) => asked !== null && lacksFiles({ fileCount, sums: sums! }),
  );
  const told = takes.slice(-TOLD.takes).map(({ take, fileCount, files, sums }) => ({
    take,
    fileCount,
    files: mostUrgent(files, TOLD.files).slice(0, TOLD.files),
    sums: shortSums(sums!),
  }));
  const before = takes.slice(0, -TOLD.takes);
  const carried: FilesState = {
    parts: [],
    takes: lacking.map(({ take }) => again({ take, partsTo: result.parts }, now)),
    collected: told,
    earlier: {
      ...before.reduce((sum, { sums }) => addCounts(sum, sums!), noFiles()),
      takes: before.length,
    },
    unarchived: null,
    unreached: null,
    previousHash,
    result,
    archiveOk: true,
  };
  return { ...collection, header, previousHash, carried };
}
