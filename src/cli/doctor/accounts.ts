/** Each account, asked by its own recorder. */
import type { Dispatcher } from 'undici';
import type { SecretReference } from '../../contract/secrets.ts';
import { KeepRollingError } from '../../contract/errors.ts';
import type { Settings } from '../../config/settings.ts';
import { VendorFailure, type Check } from '../../recorders/recorder.ts';
import type { Registry } from '../../recorders/registry.ts';
import { bad, bounded } from './checks.ts';

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
        const { vendor, fields } = settings.account(name);
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

/** A recorder's failures hold no secret, nor do our own; what else is thrown is not quoted. */
function failed(what: string, error: unknown): Check {
  if (error instanceof VendorFailure)
    return bad(what, error.failure.message, `${error.failure.who} must act`);
  if (error instanceof KeepRollingError)
    return bad(what, error.message, 'mend keeprolling.yaml or its environment');
  return bad(
    what,
    `the check failed (${error instanceof Error ? error.name : 'unknown'})`,
    'please report it',
  );
}
