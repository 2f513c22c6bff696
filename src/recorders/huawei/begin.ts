/** START, and what its refusal means: the code alone never tells. */
import type { Failure } from '../../session/facts.ts';
import { COMMAND_RECORD } from '../../contract/vendors/huawei.ts';
import { isRefusal, type HuaweiRefusal } from './errors.ts';
import { notInForce, sourceAbsent, unready } from './failures.ts';
import { apiOf, triple, whole, WRITE, type HuaweiContext, type HuaweiSubject } from './handle.ts';
import { OPERATIONS } from './operations.ts';
import { changedAt, rulesOf, servingRule } from './rules.ts';
import { pushOf, type Push } from './streams.ts';

/** The running push. @throws VendorFailure with who `source` where there is none */
export async function pushNeeded(context: HuaweiContext, subject: HuaweiSubject): Promise<Push> {
  const { push, requestId } = await pushOf(context, subject);
  if (push) return push;
  throw sourceAbsent(subject.target, vendorOf(OPERATIONS.listStreams.name, requestId));
}

/**
 * A rule of the right type, made before this push. @throws VendorFailure E_ACCOUNT_UNREADY, E_NOT_IN_FORCE
 */
export async function ruleNeeded(
  context: HuaweiContext,
  subject: HuaweiSubject,
  push: Push,
  slackMs = 0,
): Promise<void> {
  const { target } = subject;
  const { rules, requestId } = await rulesOf(context, subject);
  const vendor = vendorOf(OPERATIONS.listRules.name, requestId);
  const rule = servingRule(rules, target);
  if (rule?.record_type !== COMMAND_RECORD)
    throw unready(
      `${whole(target)} has no recording rule of type ${COMMAND_RECORD}${rule ? ` but ${rule.record_type ?? 'another'}` : ''}: it cannot be started by command.`,
      vendor,
    );
  const since = changedAt(rule);
  if (since !== undefined && push.at !== undefined && since + slackMs > push.at)
    throw notInForce(target, { push: push.at, rule: since }, vendor);
}

export interface Begun {
  /** The vendor says that a recording of the stream exists. */
  already: boolean;
  /** When START was sent. */
  sentAt: number;
  vendor: NonNullable<Failure['vendor']>;
  requestId?: string;
}

/** @throws VendorFailure that says which of the conditions is not met */
export async function begin(context: HuaweiContext, subject: HuaweiSubject): Promise<Begun> {
  const sentAt = context.now();
  const operation = OPERATIONS.start.name;
  try {
    const { requestId } = await apiOf(context).control({ action: 'START', ...triple(subject) }, WRITE);
    const vendor = vendorOf(operation, requestId);
    return { already: false, sentAt, vendor, ...(requestId !== undefined && { requestId }) };
  } catch (error) {
    if (isRefusal(error, 'recording')) {
      const { vendor = { operation } } = error.failure;
      const { requestId } = vendor;
      return { already: true, sentAt, vendor, ...(requestId !== undefined && { requestId }) };
    }
    if (isRefusal(error, 'illegal') || isRefusal(error, 'missing')) await tellWhy(context, subject, error);
    throw error;
  }
}

/** Both instants are whole seconds: of the same one, a refusal says that the rule came too late. */
const SAME_MS = 1_000;

/** "Request Illegal" is said of a stream that is away, of a rule that is missing or not in force, and of all else. */
async function tellWhy(
  context: HuaweiContext,
  subject: HuaweiSubject,
  { failure }: HuaweiRefusal,
): Promise<void> {
  const { push } = await pushOf(context, subject);
  if (!push) throw sourceAbsent(subject.target, failure.vendor ?? { operation: OPERATIONS.start.name });
  await ruleNeeded(context, subject, push, SAME_MS);
}

function vendorOf(operation: string, requestId: string | undefined): NonNullable<Failure['vendor']> {
  return { operation, ...(requestId !== undefined && { requestId }) };
}
