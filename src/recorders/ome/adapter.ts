/**
 * OvenMediaEngine as a recorder. A take is one recording task ("record"): armed before its source comes, alive
 * through drops of it, ended by our stop, by `error`, or by a restart of the server, which forgets it.
 */
import type { OmeAccount, OmeOptions, OmeTarget } from '../../contract/vendors/ome.ts';
import type { Recorder } from '../recorder.ts';
import { check } from './check.ts';
import { allFiles, filesInFolder } from './files.ts';
import { apiOf, appOf, handleOf, type OmeContext, type OmeSubject } from './handle.ts';
import { withTimes } from './info.ts';
import { look } from './look.ts';
import { recordings } from './recordings.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { omeTraits } from './traits.ts';

export { omeTraits } from './traits.ts';

export const omeRecorder: Recorder<OmeAccount, OmeTarget, OmeOptions> = {
  vendor: 'ome',
  traits: () => omeTraits,
  // One's own server, which counts nothing.
  quotas: [],
  sharedList: 'the records of an application',
  lists: 'account',
  // A task has no end of its own, and nothing is persisted (tried with SIGTERM and SIGKILL).
  unattended: 'nothing but a restart of OvenMediaEngine',
  start,
  look,
  stop,
  recordings,
  check,
  async files(context, subject, take, known) {
    const { recordsDir } = context.account;
    const { id, filePath, skewMs = 0 } = handleOf(context, subject, take);
    const of = { id, template: filePath };
    const runs = take.endedAt === undefined;
    const closed = runs ? await closedNow(context, subject, id) : (take.fileCount ?? 0);
    const all = allFiles(of, closed, known);
    if (recordsDir === undefined) return all;
    return await withTimes(recordsDir, of, await filesInFolder(recordsDir, of, all, runs), skewMs);
  },
};

/** Of a running take the sequence tells how many segments are closed; one that is not listed any more tells nothing. */
async function closedNow(context: OmeContext, subject: OmeSubject, id: string): Promise<number> {
  const listen = context.signal && { signal: context.signal };
  const records = await apiOf(context).records(appOf(subject.target), id, listen);
  return records.find((record) => record.id === id)?.sequence ?? 0;
}
