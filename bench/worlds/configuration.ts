/** The configurations of the measured installation. */
import { agoraAccount, agoraDestination, DESTINATION } from './agora.ts';

export const ACCOUNT = 'account';
export const BARE_PREFIX = 'bare-';

/** Starts are measured, and sessions that were started before are to keep quiet meanwhile. */
const SELDOM = { every: '1h' };

export function omeConfiguration(world: {
  address: string;
  url: string;
  accessToken: string;
}): Record<string, unknown> {
  const { address, url, accessToken } = world;
  return configuration(address, { vendor: 'ome', url, accessToken, looks: SELDOM });
}

export function agoraConfiguration(world: {
  address: string;
  url: string;
  cloudUrl: string;
  refresh: string;
}): Record<string, unknown> {
  const { address, url, cloudUrl: endpoint, refresh } = world;
  return {
    ...configuration(address, agoraAccount(url)),
    destinations: { [DESTINATION]: agoraDestination({ refresh, endpoint }) },
  };
}

function configuration(address: string, account: Record<string, unknown>): Record<string, unknown> {
  return {
    installation: 'bench1',
    temporal: { address },
    accounts: { [ACCOUNT]: account },
    archive: { directory: 'archive' },
  };
}
