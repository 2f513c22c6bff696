/**
 * The recording rule that a stream needs: what it must say, which of the account's rules a stream follows, how two differ.
 * Source: "Live, recording rules": stream before app before domain; exact names before `*`; no other wildcards.
 */
import {
  COMMAND_RECORD,
  DEFAULTS,
  type HuaweiFormat,
  type HuaweiOptions,
  type HuaweiTarget,
} from '../../contract/vendors/huawei.ts';
import type { Place } from '../../contract/destinations.ts';
import type { HuaweiRuleFields } from './api.ts';
import { apiOf, QUICK, triple, whole, type HuaweiContext, type HuaweiSubject } from './handle.ts';
import { huaweiInstant, type HuaweiRule } from './wire.ts';

const CONFIGS = { HLS: 'hls_config', FLV: 'flv_config', MP4: 'mp4_config' } as const;

/** Every field is said, so that no default of Huawei's counts that may change. */
export function wantedRule(subject: HuaweiSubject, place: Place): HuaweiRuleFields {
  const { options } = subject;
  return {
    ...triple(subject),
    record_type: COMMAND_RECORD,
    default_record_config: {
      record_format: options.record_format,
      obs_addr: { bucket: place.bucket, location: place.region ?? '', object: place.prefix ?? '' },
      ...Object.fromEntries(
        options.record_format.map((format) => [CONFIGS[format], configOf(options, format)]),
      ),
    },
  };
}

function configOf(options: HuaweiOptions, format: HuaweiFormat) {
  const name = CONFIGS[format];
  return options[name] ?? DEFAULTS[name];
}

/** The most that Huawei gives at once. */
const PAGE = 100;

/** All rules of the domain. @throws VendorFailure */
export async function rulesOf(
  context: HuaweiContext,
  { target }: HuaweiSubject,
): Promise<{ rules: HuaweiRule[]; requestId?: string }> {
  const api = apiOf(context);
  const rules: HuaweiRule[] = [];
  for (;;) {
    const asked = { publish_domain: target.publishDomain, offset: rules.length, limit: PAGE };
    const { rules: page, total, requestId } = await api.listRules(asked, QUICK);
    rules.push(...page);
    const isLast = total === undefined ? page.length < PAGE : rules.length >= total;
    if (page.length === 0 || isLast) return { rules, ...(requestId !== undefined && { requestId }) };
  }
}

/** The one that the stream follows. */
export function servingRule(rules: readonly HuaweiRule[], target: HuaweiTarget): HuaweiRule | undefined {
  const { app, stream } = target;
  const levels = [
    [app, stream],
    ['*', stream],
    [app, '*'],
    ['*', '*'],
  ];
  for (const [itsApp, itsStream] of levels) {
    const found = rules.find(
      (rule) => isOfDomain(rule, target) && rule.app === itsApp && rule.stream === itsStream,
    );
    if (found) return found;
  }
  return undefined;
}

export function isExact(rule: HuaweiRule, target: HuaweiTarget): boolean {
  return isOfDomain(rule, target) && rule.app === target.app && rule.stream === target.stream;
}

function isOfDomain(rule: HuaweiRule, target: HuaweiTarget): boolean {
  return rule.publish_domain.toLowerCase() === target.publishDomain.toLowerCase();
}

export function typeOf({ record_type: type = 'CONTINUOUS_RECORD' }: HuaweiRule): string {
  return type;
}

/** For people: `push.example.com/live/*`. */
export function placeOfRule({ publish_domain: publishDomain, app, stream }: HuaweiRule): string {
  return whole({ publishDomain, app, stream });
}

/** Since when it is as it is, epoch milliseconds; undefined where Huawei does not say. */
export function changedAt({ create_time: created, update_time: updated }: HuaweiRule): number | undefined {
  const instants = [huaweiInstant(created), huaweiInstant(updated)].filter((at) => at !== undefined);
  return instants.length === 0 ? undefined : Math.max(...instants);
}

/** One phrase for each difference; none where it does what is wanted. */
export function differences(rule: HuaweiRule, wanted: HuaweiRuleFields): string[] {
  const have = rule.default_record_config;
  const want = wanted.default_record_config;
  const formats = [...(have.record_format ?? [])].toSorted();
  return [
    ...unlike('record_type', typeOf(rule), wanted.record_type),
    ...unlike('record_format', formats.join(', '), want.record_format.toSorted().join(', ')),
    ...unlike('obs_addr.bucket', have.obs_addr?.bucket, want.obs_addr.bucket),
    ...unlike('obs_addr.location', have.obs_addr?.location, want.obs_addr.location),
    ...unlike('obs_addr.object', folder(have.obs_addr?.object), folder(want.obs_addr.object)),
    // What it says of formats that are not recorded is of no effect.
    ...want.record_format.flatMap((format) => {
      const name = CONFIGS[format];
      const asked = want[name] ?? {};
      const found: Record<string, unknown> = { ...DEFAULT_RULE[name], ...given(have[name] ?? {}) };
      return Object.entries(asked).flatMap(([field, value]) =>
        unlike(`${name}.${field}`, found[field], value),
      );
    }),
  ];
}

/** What Huawei does where a rule does not say: its defaults, not ours. */
const DEFAULT_RULE = {
  hls_config: { ...DEFAULTS.hls_config, record_cycle: 21_600, record_max_duration_to_merge_file: 0 },
  flv_config: { ...DEFAULTS.flv_config, record_cycle: 0, record_max_duration_to_merge_file: 0 },
  mp4_config: { ...DEFAULTS.mp4_config, record_cycle: 0, record_max_duration_to_merge_file: 0 },
};

function given(config: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}

/** A slash at either end makes no other folder. */
function folder(object: string | undefined): string {
  return (object ?? '').replace(/^\/+|\/+$/g, '');
}

function unlike(field: string, found: unknown, wanted: unknown): string[] {
  if (found === wanted) return [];
  return [`${field} is ${JSON.stringify(found ?? null)}, not ${JSON.stringify(wanted)}`];
}
