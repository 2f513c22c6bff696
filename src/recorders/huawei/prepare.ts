/**
 * The rule of type COMMAND_RECORD without which no stream can be started by command. Nothing that is there is changed:
 * a rule that is in the way is told, and a broader one stays as it is.
 */
import type { Place } from '../../contract/destinations.ts';
import { COMMAND_RECORD, type HuaweiOptions, type HuaweiTarget } from '../../contract/vendors/huawei.ts';
import type { AccountChange, Done, Json, Prepared } from '../../session/facts.ts';
import { VendorFailure, type PrepareRequest } from '../recorder.ts';
import type { HuaweiRuleFields } from './api.ts';
import { HuaweiRefusal, isRefusal } from './errors.ts';
import { unready } from './failures.ts';
import { apiOf, QUICK, whole, WRITE, type HuaweiContext, type HuaweiSubject } from './handle.ts';
import { OPERATIONS } from './operations.ts';
import {
  changedAt,
  differences,
  isExact,
  placeOfRule,
  rulesOf,
  servingRule,
  typeOf,
  wantedRule,
} from './rules.ts';
import { huaweiInstant, type HuaweiRule } from './wire.ts';

type Request = PrepareRequest<HuaweiTarget, HuaweiOptions>;

const WHAT = 'recording rule';
const LISTED = { operation: OPERATIONS.listRules.name };

export async function plan(context: HuaweiContext, request: Request): Promise<AccountChange[]> {
  const { wanted, serving, missing } = await survey(context, request);
  return missing ? [changeOf(wanted, serving)] : [];
}

export async function prepare(context: HuaweiContext, request: Request): Promise<Prepared> {
  const found = await survey(context, request);
  if (!found.missing) return thereAlready(context, request, found);
  const { wanted, serving } = found;
  try {
    const { rule, requestId } = await apiOf(context).createRule(wanted, WRITE);
    const made = { ...changeOf(wanted, serving), id: rule.id };
    const told = `rule ${rule.id} of ${placeOfRule(rule)}`;
    return { at: context.now(), made: [made], found: told, ...(requestId !== undefined && { requestId }) };
  } catch (error) {
    return await afterRefusal(context, request, error);
  }
}

interface Survey {
  wanted: HuaweiRuleFields;
  /** The one that the stream follows now. */
  serving?: HuaweiRule;
  missing: boolean;
  requestId?: string;
}

/** @throws VendorFailure E_ACCOUNT_UNREADY where a rule is in the way, or none is there and none may be made */
async function survey(context: HuaweiContext, request: Request): Promise<Survey> {
  const wanted = wantedRule(request, placeIn(context));
  const { rules, requestId } = await rulesOf(context, request);
  const { target, policy } = request;
  const serving = servingRule(rules, target);
  const about = { wanted, ...(serving && { serving }), ...(requestId !== undefined && { requestId }) };
  const differs = serving ? differences(serving, wanted) : [];
  if (serving && differs.length === 0) return { ...about, missing: false };
  const vendor = { ...LISTED, ...(requestId !== undefined && { requestId }) };
  if (serving && isExact(serving, target))
    throw unready(
      `${whole(target)} has a recording rule already, and it is another one: ${differs.join('; ')}. Change or delete it at Huawei, or record as it says.`,
      vendor,
    );
  if (policy.account === 'require') {
    const instead = serving ? `, and that of ${placeOfRule(serving)} differs: ${differs.join('; ')}` : '';
    throw unready(
      `${whole(target)} has no recording rule of type ${COMMAND_RECORD}${instead}. With rule: require none is made here.`,
      vendor,
    );
  }
  return { ...about, missing: true };
}

/** @throws VendorFailure where files would go where Huawei cannot write */
function placeIn({ storage, account }: HuaweiContext): Place {
  const { region } = account;
  const place = storage?.place;
  if (place?.cloud === 'huawei' && place.region !== null && (region === undefined || place.region === region))
    return place;
  const why =
    place?.cloud === 'huawei'
      ? `Destination ${place.name} is in ${place.region ?? 'no region'}, and Huawei records into buckets of the region of the account, ${region ?? 'which must be known'}.`
      : 'Huawei records into a bucket of its OBS, and this session names no such destination.';
  throw new VendorFailure({
    code: 'E_DESTINATION',
    message: why,
    who: 'you',
    applied: 'no',
    retry: 'never',
    cause: 'destination',
  });
}

/** By an earlier attempt whose reply was lost, it is ours. */
function thereAlready(
  context: HuaweiContext,
  { target, unknownSince }: Request,
  { wanted, serving, requestId }: Survey,
): Prepared {
  const rule = serving!;
  const created = huaweiInstant(rule.create_time);
  const isOurs =
    unknownSince !== undefined &&
    isExact(rule, target) &&
    created !== undefined &&
    created >= unknownSince - CLOCKS_MS;
  return {
    at: context.now(),
    made: isOurs ? [{ ...changeOf(wanted), id: rule.id }] : [],
    found: `rule ${rule.id} of ${placeOfRule(rule)}`,
    ...(requestId !== undefined && { requestId }),
  };
}

/** Huawei takes no request whose clock is farther from its own. There was no rule when the earlier attempt was made. */
const CLOCKS_MS = 15 * 60_000;

/** Somebody was quicker, or the vendor has a reason that only it knows. */
async function afterRefusal(context: HuaweiContext, request: Request, error: unknown): Promise<Prepared> {
  if (!(error instanceof HuaweiRefusal) || error.failure.code !== 'E_VENDOR_REFUSED') throw error;
  // A duplicate is said by 103011018, or by the code that is said of everything.
  const again = isRefusal(error, 'exists') || isRefusal(error, 'illegal');
  const found = again ? await survey(context, request) : null;
  if (found && !found.missing) return thereAlready(context, request, found);
  const { message, vendor = { operation: OPERATIONS.createRule.name } } = error.failure;
  throw unready(
    `${message.replace(/\.$/, '')}. Rules of one level must be of one type (${COMMAND_RECORD} beside no other), and the account itself, not an IAM user, must have let Live write to the bucket.`,
    vendor,
  );
}

function changeOf(wanted: HuaweiRuleFields, serving?: HuaweiRule): AccountChange {
  const { publish_domain: publishDomain, app, stream, record_type, default_record_config } = wanted;
  const where = whole({ publishDomain, app, stream });
  return {
    action: 'create',
    what: WHAT,
    where,
    before: null,
    after: {
      record_type: record_type ?? null,
      default_record_config: default_record_config as unknown as Json,
    },
    overrides: serving ? [overridden(where, serving)] : [],
  };
}

/** "Stream level before app level before domain level": the broader rule loses this stream. */
function overridden(where: string, serving: HuaweiRule): string {
  const type = typeOf(serving);
  const lost =
    type === COMMAND_RECORD
      ? 'whoever starts it by command gets the new rule'
      : 'it is not recorded by itself any more';
  return `From its next push on, ${where} no longer follows the rule of ${placeOfRule(serving)} (${type}): ${lost}.`;
}

/** As it was made: whoever has changed it since wants it. */
export async function release(
  context: HuaweiContext,
  _subject: HuaweiSubject,
  made: AccountChange[],
): Promise<Done> {
  const api = apiOf(context);
  let requestId: string | undefined;
  for (const { id, after } of made) {
    const rule = id === undefined ? null : await ruleOf(context, id);
    if (!rule || !isAsMade(rule, after)) continue;
    try {
      ({ requestId } = await api.deleteRule(rule.id, WRITE));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return { at: context.now(), ...(requestId !== undefined && { requestId }) };
}

function isAsMade(rule: HuaweiRule, after: Json): boolean {
  const { publish_domain, app, stream, create_time: created } = rule;
  const fields = { publish_domain, app, stream, ...(after as object) } as HuaweiRuleFields;
  return differences(rule, fields).length === 0 && changedAt(rule) === huaweiInstant(created);
}

async function ruleOf(context: HuaweiContext, id: string): Promise<HuaweiRule | null> {
  try {
    return (await apiOf(context).getRule(id, QUICK)).rule;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** A rule that does not exist is told by 400 or 404 ("Live, deleting a recording rule"). */
function isGone(error: unknown): boolean {
  return isRefusal(error, 'missing') || isRefusal(error, 'illegal');
}
