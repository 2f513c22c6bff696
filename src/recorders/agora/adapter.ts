/**
 * Agora Cloud Recording as a recorder. A take is one recording task of a channel: acquired and started under a uid and
 * in a folder of its own, ended by our stop, by an empty channel, or by one of the ends in limits.ts.
 */
import type { AgoraAccount, AgoraOptions, AgoraTarget } from '../../contract/vendors/agora.ts';
import type { Recorder } from '../recorder.ts';
import { change, refresh } from './change.ts';
import { check } from './check.ts';
import { hold } from './hold.ts';
import { look } from './look.ts';
import { reserve } from './reserve.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { agoraQuotas, agoraTraits } from './traits.ts';

export const agoraRecorder: Recorder<AgoraAccount, AgoraTarget, AgoraOptions> = {
  vendor: 'agora',
  traits: agoraTraits,
  quotas: agoraQuotas,
  reserve,
  start,
  look,
  stop,
  pause: async (context, subject, take) => await hold(context, subject, take, true),
  resume: async (context, subject, take) => await hold(context, subject, take, false),
  change,
  refresh,
  check,
};
