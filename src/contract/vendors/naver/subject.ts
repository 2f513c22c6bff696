/**
 * What is recorded, a channel, and how. A start takes no parameter at all: qualities, formats and the place for files
 * are settings of the channel, and what could be written here would be ignored.
 */
import { z } from 'zod';
import { CHANNEL, notHere, told, UPLOAD } from './told.ts';

export const ACCESS_CONTROLS = ['PRIVATE', 'PUBLIC_READ'] as const;
export type NaverAccessControl = (typeof ACCESS_CONTROLS)[number];

export const naverTargetSchema = z.strictObject({
  channel: told(
    z.string().regex(/^ls-[A-Za-z0-9-]{1,60}$/),
    'it must be the id of a channel, which begins with "ls-", and neither its name nor its stream key',
    { rule: 'Live Station API, channel info, channelId', try: 'ls-20260101090000-AbCdE' },
  ),
});

const OF_CHANNEL = 'a start takes no parameters: this is a setting of the channel';
const IN_CONSOLE = 'set it in the Live Station console, or when the channel is created';
const channels = (field: string) => notHere(OF_CHANNEL, IN_CONSOLE, `${CHANNEL}, ${field}`);
const none = (reason: string, instead: string) => notHere(reason, instead);

export const naverOptionsSchema = z.strictObject({
  /** Of files that keeprolling uploads from the temporary store into the destination. Default `PRIVATE`. */
  accessControl: told(z.enum(ACCESS_CONTROLS), 'it must be PRIVATE or PUBLIC_READ', {
    rule: `${UPLOAD}, accessControl`,
    try: 'PRIVATE; PUBLIC_READ lets anybody read the files',
  }).optional(),
  record: channels('record'),
  type: channels('record.type'),
  format: channels('record.format'),
  filePath: channels('record.filePath'),
  immediateOnAir: channels('immediateOnAir'),
  qualitySetId: channels('qualitySetId'),
  outputProtocol: channels('outputProtocol'),
  useDvr: channels('useDvr'),
  timemachineMin: channels('timemachineMin'),
  bucketName: notHere('the bucket is that of the destination', 'storage: the name of a destination', UPLOAD),
  recordIds: notHere('keeprolling uploads all files of its takes', 'leave it out', UPLOAD),
  interval: none('Live Station does not split recordings by time', 'leave it out'),
  schedule: none('Live Station records from a start to a stop', 'write a window or a schedule'),
  fileName: none('Live Station names the files by stream and recording numbers', 'leave it out'),
});

export type NaverTarget = z.output<typeof naverTargetSchema>;
export type NaverOptions = z.output<typeof naverOptionsSchema>;

export function naverKeyParts({ channel }: NaverTarget): string[] {
  return [channel];
}
