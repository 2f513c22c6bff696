/** Starts what a rule wants recorded, through the same path as every other start. */
import type { Context } from '../client/context.ts';
import { start } from '../client/start.ts';
import type { PublishRule } from '../contract/configuration.ts';
import { KeepRollingError, type ErrorCode } from '../contract/errors.ts';
import type { News } from '../recorders/callbacks.ts';
import type { CallbackCounts, StartResult } from './counts.ts';
import { ruleFor, specificationFor } from './publish.ts';
import type { RefusalLog } from './refusals.ts';

export interface Starts {
  /** Repeatable, here and by others at the same time: one announcement is one session. @throws when Temporal could not be asked */
  announced(account: string, announced: NonNullable<News['announced']>): Promise<void>;
}

const RESULTS: Partial<Record<ErrorCode, StartResult>> = {
  E_TARGET_BUSY: 'busy',
  // The announcement started a session before, when the template said something else.
  E_REQUEST_CONFLICT: 'existing',
  E_SPEC_INVALID: 'refused',
  E_CONFIG_INVALID: 'refused',
  E_ACCOUNT_UNKNOWN: 'refused',
};

export function startsOf(context: Context, counts: CallbackCounts, refusals: RefusalLog): Starts {
  const { settings } = context;
  const rules = settings.publishRules();
  const told = new Set<PublishRule>();

  async function result(rule: PublishRule, id: string, specification: unknown): Promise<StartResult> {
    try {
      const { existing } = await start(context, specification, { requestId: id, by: 'record on publish' });
      return existing ? 'existing' : 'started';
    } catch (error) {
      const known = error instanceof KeepRollingError ? RESULTS[error.code] : undefined;
      if (known === undefined) throw error;
      const { account } = rule;
      if (known === 'busy')
        refusals.add({ account, verdict: known, why: holderOf(error as KeepRollingError) });
      // Told once: every stream that the rule fits has the same problem.
      if (known === 'refused' && !told.has(rule)) {
        told.add(rule);
        refusals.add({ account, verdict: known, why: (error as Error).message });
      }
      return known;
    }
  }

  return {
    async announced(account, { id, target }) {
      const rule = ruleFor(rules, account, target);
      const contract = settings.contractOf(account);
      if (!rule || !contract) return;
      const template = settings.templates()[rule.template];
      const specification = specificationFor(rule, target, contract, template);
      counts.started?.(account, await result(rule, id, specification));
    },
  };
}

function holderOf({ details }: KeepRollingError): string {
  const { key, running } = details as { key: string; running: { name: string; sessionId: string } | null };
  const holder = running
    ? `the session ${running.name} (${running.sessionId})`
    : 'one that has just been started';
  return `${key} was announced, and is held by ${holder}`;
}
