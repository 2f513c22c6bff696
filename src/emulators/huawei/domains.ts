/** Ingest domains of the account. */
import { refuse } from './reply.ts';
import type { HuaweiState } from './state.ts';

export function checkDomain({ config }: HuaweiState, domain: string): void {
  if (config.domains && !config.domains.includes(domain))
    refuse(404, 'LIVE.103011019', 'The requested resource does not exist');
}
