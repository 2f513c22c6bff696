/**
 * ApsaraVideo Live as a recorder. A take is what RealTimeRecordCommand records of one stream from `start` to the end of
 * its push, or to `stop` and `cancel_delay`; a config of the vendor's says in which formats and where to.
 */
import type { AlibabaAccount, AlibabaOptions, AlibabaTarget } from '../../contract/vendors/alibaba.ts';
import type { Recorder } from '../recorder.ts';
import { check } from './check.ts';
import { files } from './files.ts';
import { pause, resume } from './hold.ts';
import { look } from './look.ts';
import { plan, prepare, release } from './prepare.ts';
import { alibabaQuotas } from './quotas.ts';
import { repush } from './repush.ts';
import { assert, start } from './start.ts';
import { stop } from './stop.ts';
import { alibabaTraits } from './traits.ts';

export const alibabaRecorder: Recorder<AlibabaAccount, AlibabaTarget, AlibabaOptions> = {
  vendor: 'alibaba',
  traits: alibabaTraits,
  quotas: alibabaQuotas,
  sharedList: 'the online streams of a domain',
  // No operation says whether something is recorded now ("ApsaraVideo Live, recording").
  lists: 'none',
  unattended: 'the end of its push, some time after its encoder has gone',
  plan,
  prepare,
  repush,
  release,
  start,
  assert,
  look,
  stop,
  pause,
  resume,
  files,
  check,
};
