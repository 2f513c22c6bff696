/** Why a record is in the state `error`. OvenMediaEngine tells only its log, so the cause is found by elimination. */
import type { Failure } from '../../session/facts.ts';
import type { OmeOptions, OmeTarget } from '../../contract/vendors/ome.ts';
import type { OmeApi } from './api.ts';
import { appOf, QUESTION } from './handle.ts';
import { missingVariants, unknownVariants } from './output.ts';
import type { OmeRecord, OmeStream } from './wire.ts';

/** Codecs by container (OvenMediaEngine v0.20.0, modules/ffmpeg/compat.h); others are left out without a word. */
const CODECS: Record<OmeOptions['container'], string[]> = {
  mp4: ['H264', 'H265', 'AAC', 'MP3'],
  ts: ['H264', 'H265', 'VP8', 'VP9', 'AAC', 'MP3', 'OPUS'],
  webm: ['VP8', 'VP9', 'OPUS'],
};

type Facts = Omit<Failure, 'applied'>;

/** @returns a failure whose `applied` is 'no': a record in error does not write */
export async function whyDead(
  api: OmeApi,
  target: OmeTarget,
  options: OmeOptions,
  record: OmeRecord,
): Promise<Failure> {
  return { ...(await facts(api, target, options, record)), applied: 'no' };
}

async function facts(api: OmeApi, target: OmeTarget, options: OmeOptions, record: OmeRecord): Promise<Facts> {
  if ((record.totalRecordBytes ?? record.recordBytes ?? 0) > 0 || (record.sequence ?? 0) > 0)
    return cannotWrite(true);
  const output = record.stream?.name ?? target.output ?? target.stream;
  const stream = await api.stream(appOf(target), target.stream, QUESTION).catch(() => null);
  const missing = missingVariants(stream, output, options);
  if (missing.length > 0) return unknownVariants(output, missing, stream);
  const codecs = codecsOf(stream, output);
  if (codecs.length > 0 && !codecs.some((codec) => CODECS[options.container].includes(codec))) {
    return noCodec(output, codecs, options);
  }
  return cannotWrite(false);
}

function codecsOf(stream: OmeStream | null, output: string): string[] {
  const tracks = stream?.outputs?.find(({ name }) => name === output)?.tracks ?? [];
  return tracks.flatMap((track) => {
    const codec = track.video?.codec ?? track.audio?.codec;
    return codec === undefined ? [] : [codec.toUpperCase()];
  });
}

function noCodec(output: string, codecs: string[], options: OmeOptions): Facts {
  return {
    code: 'E_RECORDING_FAILED',
    message: `No track of the output ${output} (${codecs.join(', ')}) fits into ${options.container}: choose another options.container.`,
    who: 'you',
    retry: 'later',
    cause: 'late-start',
    vendor: { operation: 'startRecord' },
  };
}

function cannotWrite(wrote: boolean): Facts {
  return {
    code: 'E_DESTINATION',
    message: wrote
      ? 'OvenMediaEngine could not write on: its disk is full, or the folder below <RootPath> is gone (state "error").'
      : 'OvenMediaEngine cannot write there: the folder below <RootPath> must be usable and the disk not full, and variantNames must exist (state "error").',
    who: 'destination',
    retry: 'later',
    cause: 'destination',
    vendor: { operation: 'records' },
  };
}
