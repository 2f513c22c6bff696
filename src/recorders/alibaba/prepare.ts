/** A record config for the stream: made where it is missing, never changed where there is one, taken away if asked. */
import type { AccountChange, Done, Json, Prepared } from '../../session/facts.ts';
import type { PrepareRequest } from '../recorder.ts';
import type { AlibabaOptions, AlibabaTarget } from '../../contract/vendors/alibaba.ts';
import { isRefusal } from './api.ts';
import { differences, MANUAL, placeOf, readConfigs, wantedConfig, type WantedConfig } from './config.ts';
import { unready } from './failures.ts';
import { apiOf, nameOf, QUICK, triple, type AlibabaContext, type AlibabaSubject } from './handle.ts';
import type { RecordConfig } from './wire.ts';

type Request = PrepareRequest<AlibabaTarget, AlibabaOptions>;

const WHAT = 'record config';

export async function plan(context: AlibabaContext, request: Request): Promise<AccountChange[]> {
  const { missing } = await judge(context, request);
  return missing ? [missing] : [];
}

/**
 * Repeatable: ApsaraVideo takes one config for each domain, application and stream, and refuses a second.
 * @throws VendorFailure E_ACCOUNT_UNREADY where another config stands in the way, or one is missing and may not be made
 */
export async function prepare(context: AlibabaContext, request: Request): Promise<Prepared> {
  const { missing, found, own } = await judge(context, request);
  if (!missing) {
    const made = own && isSince(own, request.unknownSince) ? [change(context, request, [])] : [];
    return { at: context.now(), made, found };
  }
  try {
    const { RequestId } = await apiOf(context).call(
      'AddLiveAppRecordConfig',
      placed(context, request),
      QUICK,
    );
    return {
      at: context.now(),
      made: [missing],
      found: 'there was none',
      ...(RequestId !== undefined && { requestId: RequestId }),
    };
  } catch (error) {
    if (!isRefusal(error, 'config-exists')) throw error;
    // Another session, or an earlier attempt of this one, was faster.
    const again = await judge(context, request);
    if (again.missing) throw error;
    const ours = again.own !== null && isSince(again.own, request.unknownSince);
    return { at: context.now(), made: ours ? [missing] : [], found: again.found };
  }
}

interface Judgement {
  /** To be made. */
  missing: AccountChange | null;
  found: string;
  /** The stream's own. */
  own: RecordConfig | null;
}

async function judge(context: AlibabaContext, request: Request): Promise<Judgement> {
  const { target, policy } = request;
  const wanted = wantedConfig(context, request);
  const { exact, wide } = await readConfigs(context, target);
  if (exact) {
    const differing = differences(exact, wanted);
    if (differing.length > 0) throw standsInTheWay(exact, differing);
    return { missing: null, found: `record config of ${nameOf(target)}`, own: exact };
  }
  const differing = wide ? differences(wide, wanted) : [];
  if (wide && differing.length === 0)
    return { missing: null, found: `record config of ${placeOf(wide)}`, own: null };
  if (policy.account === 'require') {
    if (wide) throw standsInTheWay(wide, differing);
    throw unready(
      `there is no record config for ${nameOf(target)}, and policy.config is require`,
      'DescribeLiveRecordConfig',
    );
  }
  return { missing: change(context, request, overridden(target, wide)), found: 'none', own: null };
}

function standsInTheWay(config: RecordConfig, differing: string[]): Error {
  return unready(
    `the record config of ${placeOf(config)} is not what this session needs: ${differing.join('; ')}`,
    'DescribeLiveRecordConfig',
  );
}

/** "exact stream > app > domain-wide": the new one is the narrowest. */
function overridden(target: AlibabaTarget, wide: RecordConfig | null): string[] {
  if (!wide) return [];
  const mode = wide.OnDemand === MANUAL ? 'by command' : 'by itself';
  return [
    `${nameOf(target)} no longer follows the record config of ${placeOf(wide)}, which records ${mode} to ${wide.OssBucket}`,
  ];
}

function change(context: AlibabaContext, subject: AlibabaSubject, overrides: string[]): AccountChange {
  return {
    action: 'create',
    what: WHAT,
    where: nameOf(subject.target),
    before: null,
    after: wantedConfig(context, subject) as unknown as Json,
    overrides,
  };
}

/** @throws VendorFailure E_ACCOUNT_UNREADY without a place for files, which `storageProblems` would have refused */
function placed(context: AlibabaContext, subject: AlibabaSubject) {
  const { OssEndpoint, OssBucket, ...wanted } = wantedConfig(context, subject);
  if (OssEndpoint === undefined || OssBucket === undefined)
    throw unready(`no bucket of OSS is named for ${nameOf(subject.target)}`, 'AddLiveAppRecordConfig');
  return { ...wanted, OssEndpoint, OssBucket };
}

/** `CreateTime` counts whole seconds, by a clock that is not ours. */
function isSince({ createdAt }: RecordConfig, unknownSince: number | undefined): boolean {
  if (unknownSince === undefined || createdAt === undefined) return false;
  return createdAt >= unknownSince - CLOCKS_MS;
}
const CLOCKS_MS = 2_000;

/** Only what is still as it was made: who has changed it since needs it. */
export async function release(
  context: AlibabaContext,
  subject: AlibabaSubject,
  made: AccountChange[],
): Promise<Done> {
  let requestId: string | undefined;
  for (const { what, after } of made) {
    if (what !== WHAT) continue;
    const { exact } = await readConfigs(context, subject.target);
    if (!exact || differences(exact, after as unknown as WantedConfig).length > 0) continue;
    requestId = await remove(context, subject.target);
  }
  return { at: context.now(), ...(requestId !== undefined && { requestId }) };
}

async function remove(context: AlibabaContext, target: AlibabaTarget): Promise<string | undefined> {
  try {
    return (await apiOf(context).call('DeleteLiveAppRecordConfig', triple(target), QUICK)).RequestId;
  } catch (error) {
    if (isRefusal(error, 'no-config')) return undefined;
    throw error;
  }
}
