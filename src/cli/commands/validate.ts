import type { Command } from 'commander';
import { behaviourOf } from '../../config/behaviour.ts';
import { isoIn } from '../../contract/time.ts';
import type { Settings } from '../../config/settings.ts';
import type { Vendor } from '../../recorders/registry.ts';
import type { NormalSpecification } from '../../session/plan.ts';
import type { Traits } from '../../session/traits.ts';
import { promiseOf, type SessionPromise } from '../../session/promise.ts';
import { answer, type Context } from '../context.ts';
import { readSpecifications, type CheckedDocument } from '../documents.ts';
import { command } from '../run.ts';
import { checkAll, type CheckedSchedule } from '../schedules.ts';
import { mayChangeText } from '../render/account-plan.ts';
import { validatedText, type Validated } from '../render/validated.ts';

export function validateCommand(program: Command): void {
  program
    .command('validate <file>')
    .description('check recordings and schedules (- is standard input) without calling anybody')
    .option('--explain', 'tell every default that was filled in, and what the session then promises')
    .action(
      command(async (context, [file], options: { explain?: boolean }) => {
        const source = await readSpecifications(file!, process.stdin);
        const { recordings, schedules } = checkAll(context, source, file!, 'nothing was called');
        const documents: Validated[] = recordings.map((one) => ({
          ...one,
          promise: options.explain ? promised(context, one) : null,
          mayChange: mayChange(context, one),
        }));
        const data = { documents: documents.map(asData), schedules: schedules.map(scheduleData) };
        answer(context, data, () => validatedText(file!, documents, schedules));
        return 0;
      }),
    );
}

function promised(context: Context, { specification }: CheckedDocument): SessionPromise | null {
  const vendor = context.registry.get(specification.vendor);
  const traits = vendor && promisedTraits(context.settings(), vendor, specification);
  const { window, written, account } = specification;
  // Nothing can be recorded before now: there the padding covers nothing.
  const asked =
    written.from === 'now' ? { ...specification, window: { ...window, beforeMs: 0 } } : specification;
  if (!traits) return null;
  const settings = context.settings();
  return promiseOf(asked, traits, settings.looks(account), settings.hasCallbacks(account));
}

/** What it may do in the vendor's account; empty where the vendor is not known. */
function mayChange({ registry }: Context, { specification }: CheckedDocument): string {
  const vendor = registry.get(specification.vendor);
  if (!vendor) return '';
  const word = vendor.contract.policies?.find((name) => name === 'rule' || name === 'config');
  return mayChangeText(specification.policy, vendor.recorder.traits(specification).prepares ? word : null);
}

/** Keys that have no end are renewed by nobody. */
function promisedTraits(settings: Settings, vendor: Vendor, specification: NormalSpecification): Traits {
  const { traits } = behaviourOf(settings, vendor, specification);
  const { storage } = specification;
  const lasting = storage !== null && settings.place(storage)?.shortLived === false;
  return lasting ? { ...traits, refreshEveryMs: null } : traits;
}

function asData({
  label,
  key,
  hash,
  specification,
  promise,
  mayChange: account,
  notes,
}: Validated): Record<string, unknown> {
  return { document: label, key, hash, specification, notes, ...(promise && { promise, account }) };
}

function scheduleData({ label, schedule, coming, notes }: CheckedSchedule): Record<string, unknown> {
  const { from, until } = coming.occurrence;
  const next = { from: isoIn(from, schedule.zone), until: isoIn(until, schedule.zone) };
  return { document: label, ...schedule, next, notes };
}
