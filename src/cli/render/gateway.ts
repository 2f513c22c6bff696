/** Where the gateway is, and what each vendor is to be given. Secrets stay in the configuration. */
import { columns } from './text.ts';

export interface GatewayTold {
  url: string;
  accounts: { account: string; path: string }[];
}

export function gatewayText({ url, accounts }: GatewayTold): string {
  return [
    `gateway listens on ${url}; Ctrl-C ends it`,
    'give each vendor its address behind your TLS proxy, ending in the callbacks.path of its account:',
    ...columns(
      accounts.map(({ account, path }) => [account, `https://YOUR-HOST${path}`]),
      '  ',
    ),
  ].join('\n');
}
