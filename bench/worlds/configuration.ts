/** The configuration of the measured installation. */
export const ACCOUNT = 'account';
export const BARE_PREFIX = 'bare-';

export function configuration(world: {
  address: string;
  emulatorUrl: string;
  accessToken: string;
}): Record<string, unknown> {
  return {
    installation: 'bench1',
    temporal: { address: world.address },
    accounts: {
      [ACCOUNT]: {
        vendor: 'ome',
        url: world.emulatorUrl,
        accessToken: world.accessToken,
        // Starts are measured, and sessions that were started before are to keep quiet meanwhile.
        looks: { every: '1h' },
      },
    },
    archive: { directory: 'archive' },
  };
}
