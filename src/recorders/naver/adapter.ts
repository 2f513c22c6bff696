/**
 * NAVER Live Station as a recorder. A take is one recording of a channel: it begins with our start while somebody pushes to
 * the channel, and ends with our stop or with the push. Its files come later, and are looked after by `files`.
 */
import type { NaverAccount, NaverOptions, NaverTarget } from '../../contract/vendors/naver.ts';
import type { Recorder } from '../recorder.ts';
import { check } from './check.ts';
import { files } from './files.ts';
import { look } from './look.ts';
import { plan, prepare } from './prepare.ts';
import { running } from './running.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { naverQuotas, naverTraits } from './traits.ts';

export const naverRecorder: Recorder<NaverAccount, NaverTarget, NaverOptions> = {
  vendor: 'naver',
  traits: () => naverTraits,
  quotas: naverQuotas,
  sharedList: 'GET /channels, those that publish, 100 a page',
  lists: 'target',
  // No page says so of a recording; a push that has ended brings nothing more to record.
  unattended: 'the end of its push, as far as is known',
  plan,
  prepare,
  start,
  look,
  stop,
  recordings: running,
  files,
  check,
};
