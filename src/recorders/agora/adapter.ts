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
  // `query` wants the resource id and the sid of one recording; no call lists them ("query").
  lists: 'none',
  // See limits.ts: the token, `maxIdleTime`, `maxRecordingHour`.
  unattended:
    'the end of its token, at most 24 h after its start, or an empty channel before that; in web mode maxRecordingHour',
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
