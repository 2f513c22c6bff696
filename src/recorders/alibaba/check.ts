/** Can this account do what a session needs? Lines for `keeprolling doctor`. */
import type { AlibabaOperation, AlibabaRequest } from '../../contract/vendors/alibaba/requests.ts';
import type { Check } from '../recorder.ts';
import { VendorFailure } from '../recorder.ts';
import { isRefusal } from './api.ts';
import { differences, placeOf, readConfigs, wantedConfig } from './config.ts';
import { apiOf, nameOf, QUICK, wireTime, type AlibabaContext, type AlibabaSubject } from './handle.ts';
import { keysOf } from './keys.ts';

/** Nobody's: what is refused for it is refused for the domain, once keys and policy have been passed. */
const PROBE = { playbackDomain: 'doctor.keeprolling.example.com', app: 'live', stream: 'keeprolling-doctor' };
const HOUR_MS = 3_600_000;

export async function check(context: AlibabaContext, subject?: AlibabaSubject): Promise<Check[]> {
  const domain = subject?.target.playbackDomain ?? Object.keys(context.account.callbacks?.domains ?? {})[0];
  const target = subject?.target ?? { ...PROBE, ...(domain !== undefined && { playbackDomain: domain }) };
  const keys = await checkKeys(context);
  if (!keys.ok) return [keys];
  const reads: Check[] = [];
  for (const one of readings(context, target)) reads.push(await one);
  return [
    keys,
    ...reads,
    writes(),
    ...(subject ? [await checkConfig(context, subject)] : []),
    checkCallbacks(context),
  ];
}

/** Of a role, that it can be assumed; keys that stand in the configuration are tried by what follows. */
async function checkKeys(context: AlibabaContext): Promise<Check> {
  const what = 'Alibaba Cloud gives keys';
  const { assumeRole, securityToken } = context.account;
  try {
    await keysOf(context);
  } catch (error) {
    return failed(
      what,
      error,
      'Let the keys assume the role (AliyunSTSAssumeRoleAccess), and the role trust them.',
    );
  }
  if (assumeRole) return { what, ok: true, detail: 'the role can be assumed' };
  const how = securityToken === undefined ? 'lasting keys' : 'temporary keys, which somebody else must renew';
  return { what, ok: true, detail: `as configured: ${how}` };
}

type Reading = { [O in AlibabaOperation]: [operation: O, request: AlibabaRequest<O>] }[AlibabaOperation];

/** What can be tried without changing anything, by the name of its permission. */
function readings(context: AlibabaContext, target: AlibabaSubject['target']): Promise<Check>[] {
  const { playbackDomain: DomainName, app: AppName, stream: StreamName } = target;
  const now = context.now();
  const range = { StartTime: wireTime(now - HOUR_MS), EndTime: wireTime(now) };
  const stream = { DomainName, AppName, StreamName };
  const tried: Reading[] = [
    ['DescribeLiveRecordConfig', { DomainName, PageSize: 5 }],
    ['DescribeLiveStreamsOnlineList', { ...stream, QueryType: 'strict', PageSize: 1 }],
    ['DescribeLiveStreamState', stream],
    ['DescribeLiveRecordNotifyRecords', { DomainName, ...range, PageNumber: 1, PageSize: 1 }],
    ['DescribeLiveStreamRecordIndexFiles', { ...stream, ...range, PageSize: 5 }],
  ];
  return tried.map(async (one) => await checkRead(context, one));
}

async function checkRead(context: AlibabaContext, [operation, request]: Reading): Promise<Check> {
  const what = `permission live:${operation}`;
  try {
    await apiOf(context).call(operation, request, {
      ...QUICK,
      ...(context.signal && { signal: context.signal }),
    });
    return { what, ok: true, detail: 'tried: it is there' };
  } catch (error) {
    // Keys and policy come first: who is told that the domain is nobody's may ask.
    const known = request.DomainName !== PROBE.playbackDomain;
    if (!known && isRefusal(error, 'no-domain', 'bad-parameter', 'no-stream', 'no-config'))
      return {
        what,
        ok: true,
        detail: 'tried with a domain of nobody, since none is named: the keys are accepted',
      };
    return failed(what, error, remedyFor(error, operation));
  }
}

function remedyFor(error: unknown, operation: AlibabaOperation): string {
  if (isRefusal(error, 'permission'))
    return `Add live:${operation} on acs:cdn:*:<account>:domain/<domain> to the policy of these keys in RAM.`;
  if (isRefusal(error, 'auth'))
    return 'Check accessKeyId and accessKeySecret of the account, and that the pair is active (RAM console).';
  if (isRefusal(error, 'clock')) return 'Set the clock of this machine.';
  if (isRefusal(error, 'account')) return 'Enable ApsaraVideo Live for this account.';
  if (isRefusal(error, 'no-domain')) return 'Name a playback domain of this account.';
  return 'Check that the worker may reach live.aliyuncs.com (or url of the account), and try again later.';
}

/** They cannot be tried without changing something. */
function writes(): Check {
  return {
    what: 'other permissions',
    ok: true,
    detail:
      'not tried, since each changes something: live:RealTimeRecordCommand; unless policy.config is require live:AddLiveAppRecordConfig; with policy.made remove live:DeleteLiveAppRecordConfig; with policy.repush force live:ForbidLiveStream and live:ResumeLiveStream',
  };
}

async function checkConfig(context: AlibabaContext, subject: AlibabaSubject): Promise<Check> {
  const what = `record config of ${nameOf(subject.target)}`;
  try {
    const { exact, wide } = await readConfigs(context, subject.target);
    const config = exact ?? wide;
    if (!config)
      return { what, ok: true, detail: 'none yet: a session makes it, before the encoder connects' };
    const differing = differences(config, wantedConfig(context, subject));
    if (differing.length === 0) return { what, ok: true, detail: `there, of ${placeOf(config)}` };
    const remedy = exact
      ? 'Change the options of the specification, or that config.'
      : 'A session makes one for this stream alone, unless policy.config is require.';
    return { what, ok: !exact, detail: differing.join('; '), ...(exact && { remedy }) };
  } catch (error) {
    return failed(what, error, 'See the permissions above.');
  }
}

function checkCallbacks({ account: { callbacks } }: AlibabaContext): Check {
  const what = 'what callbacks prove';
  if (!callbacks)
    return {
      what,
      ok: true,
      detail:
        'without callbacks a start is presumed, and what ApsaraVideo has told others is read back once a minute',
    };
  const missing = [
    ...(callbacks.url === undefined
      ? [
          'url of callbacks is not set: record events are verified by the Host header, which a proxy may change',
        ]
      : []),
    ...(Object.keys(callbacks.domains).length === 0
      ? ['callbacks.domains is empty: push events tell nothing, since they name ingest domains']
      : []),
  ];
  return missing.length === 0
    ? {
        what,
        ok: true,
        detail:
          'url and domains are set: a start, once ApsaraVideo calls here (keeprolling callbacks check tells)',
      }
    : { what, ok: true, detail: missing.join('; ') };
}

function failed(what: string, error: unknown, remedy: string): Check {
  if (!(error instanceof VendorFailure)) throw error;
  return { what, ok: false, detail: error.failure.message, remedy };
}
