/** The emulated Agora on the clock of a world. */
import { besideCloud } from '../../src/emulators/cloud/beside.ts';
import { emulatorDispatcher } from '../../src/emulators/index.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import {
  agoraAccount,
  agoraDestination,
  agoraEmulators,
  CHANNEL,
  DESTINATION,
  MODE,
  startSource,
} from './agora.ts';
import { ACCOUNT } from './configuration.ts';
import type { SideOn } from './side.ts';

export const agoraSide: SideOn = (now) => {
  const { agora, cloud } = agoraEmulators(now);
  return {
    registry: VENDORS,
    account: agoraAccount(),
    destinations: { [DESTINATION]: agoraDestination() },
    asked: { target: { channel: CHANNEL, mode: MODE }, storage: DESTINATION },
    key: `agora/${ACCOUNT}/${CHANNEL}/${MODE}`,
    dispatcher: besideCloud(emulatorDispatcher(cloud), emulatorDispatcher(agora)),
    begin: (at) => startSource(agora, CHANNEL, at),
    looks: () =>
      agora.truth.entries.filter((entry) => entry.type === 'request' && entry.op === 'query').length,
  };
};
