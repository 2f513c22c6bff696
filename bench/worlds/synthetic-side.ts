/** The synthetic recorder on the clock of a world: it mints its own credentials. */
import { Agent } from 'undici';
import { syntheticVendor } from '../../test/synthetic/vendor.ts';
import { ACCOUNT } from './configuration.ts';
import type { SideOn } from './side.ts';

const CHANNEL = 'news';
const HOUR = 3_600_000;

export const syntheticSide: SideOn = () => {
  const vendor = syntheticVendor({ refreshEveryMs: HOUR });
  return {
    registry: new Map([['synthetic', vendor.vendor]]),
    account: { vendor: 'synthetic', secret: 'none' },
    destinations: {},
    asked: { target: { channel: CHANNEL } },
    key: `synthetic/${ACCOUNT}/${CHANNEL}`,
    dispatcher: new Agent(),
    begin: (now) => vendor.source(CHANNEL, true, now),
    looks: () =>
      vendor.truth.entries.filter((entry) => entry.type === 'request' && entry.op === 'look').length,
  };
};
