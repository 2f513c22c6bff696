import type { NormalisingContext } from '../contract/specification.ts';
import type { Settings } from './settings.ts';

/** What a specification is checked against: the names in keeprolling.yaml, and no secret. `now`: epoch milliseconds. */
export function normalisingContext(settings: Settings, now: number): NormalisingContext {
  return {
    now,
    accounts: settings.accountNames(),
    vendorOf: (account) => settings.contractOf(account),
    plainAccount: (account) => settings.plainAccount(account),
    placeOf: (name) => settings.place(name),
    destinations: settings.destinationNames(),
    secrets: settings.secretNames(),
    publicParameters: settings.publicParameters(),
    defaults: settings.defaults(),
    templates: settings.templates(),
    receivers: settings.receiverNames(),
    notify: settings.notify(),
  };
}
