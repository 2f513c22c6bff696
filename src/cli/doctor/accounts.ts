/** Each account, asked by its own recorder. */
import type { Dispatcher } from 'undici';
import type { SecretReference } from '../../contract/secrets.ts';
import type { Account, Settings } from '../../config/settings.ts';
import type { Check } from '../../recorders/recorder.ts';
import type { Registry } from '../../recorders/registry.ts';
import { bad, bounded, failed } from './checks.ts';

export function accountChecks(
  settings: Settings,
  registry: Registry,
  dispatcher: Dispatcher,
  now: () => number,
): Promise<Check[]>[] {
  return settings.accountNames().map((name) => {
    const what = `account ${name}`;
    return bounded(
      what,
      async (signal) => {
        const { vendor, fields } = wholeAccount(settings, name);
        const recorder = registry.get(vendor)?.recorder;
        if (!recorder) return [bad(what, `there is no recorder for ${vendor}`, 'update keeprolling')];
        const secret = ({ secret: wanted }: SecretReference): string => settings.secret(wanted);
        const checks = await recorder.check({ account: fields, dispatcher, now, secret, signal });
        return checks.map((check) => ({ ...check, what: `${what}: ${check.what}` }));
      },
      (error) => failed(what, error),
    );
  });
}

/** With its callbacks, whose domains say where to ask. That their secrets cannot be read another line tells. */
function wholeAccount(settings: Settings, name: string): Account {
  try {
    return settings.calledAccount(name);
  } catch {
    return settings.account(name);
  }
}
