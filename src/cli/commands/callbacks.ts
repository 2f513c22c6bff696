import type { Command } from 'commander';
import { ERRORS } from '../../contract/errors.ts';
import type { CallbackSetting } from '../../recorders/callbacks.ts';
import { answer } from '../context.ts';
import { calledAccount, setUp, type Act } from '../callbacks.ts';
import { callbacksText } from '../render/callbacks.ts';
import { command } from '../run.ts';

interface Options {
  domain?: string[];
  url?: string;
  replace?: boolean;
}

const ACTS: Record<Act, string> = {
  check: 'whether the vendor calls our gateway for this account; changes nothing',
  install: 'have the vendor call our gateway for this account; what others configured is left as it is',
  remove: 'take away what calls this account of ours, and nothing else',
};

export function callbacksCommand(program: Command): void {
  const callbacks = program.command('callbacks').description("the vendor's own settings for callbacks");
  for (const [act, description] of Object.entries(ACTS) as [Act, string][]) {
    const one = callbacks
      .command(`${act} <account>`)
      .description(description)
      .option('--domain <name>', "where the vendor has one setting a domain; else the account's", several)
      .option('--url <https>', "public address of the gateway, without a path; else the account's");
    if (act === 'install') one.option('--replace', 'put ours in the place of what others configured');
    one.action(
      command<Options>(async (context, [name = ''], options) => {
        const account = calledAccount(context, name, options);
        const settings = account.setup ? await setUp(context, account, act, options.replace === true) : null;
        const { vendor, place, byHand } = account;
        const data = { account: name, vendor, address: place, settings, byHand: settings ? null : byHand };
        answer(context, data, () => callbacksText(act, account, settings));
        return settings !== null && isLeft(act, settings) ? ERRORS.E_UNHEALTHY.exit : 0;
      }),
    );
  }
}

/** Something is not as it was asked for. */
function isLeft(act: Act, settings: CallbackSetting[]): boolean {
  if (act === 'remove') return settings.some(({ state }) => state === 'as-wanted');
  return settings.some(({ state }) => state !== 'as-wanted');
}

function several(one: string, all: string[] = []): string[] {
  return [...all, one];
}
