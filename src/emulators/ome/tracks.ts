/** Output streams of a source, as a test asks for them. */
import { readNumber } from '../inputs.ts';
import type { ControlInput } from '../inputs.ts';
import type { Source, Track } from './state.ts';

const BITRATE = 2_000_000;
const AUDIO_SHARE = 0.064;

/**
 * Outputs from `{outputs?: [{name, variants?}], bitrate?, codecs?: {video?, audio?}}`; without `outputs` one of the
 * input's name. A variant is a name, or `{name, type?, codec?, bitrate?}`; `null` as a codec leaves that kind out.
 */
export function readOutputs(streamName: string, input: ControlInput): Source['outputs'] {
  const bitrate = readNumber(input, 'bitrate') ?? BITRATE;
  const codecs = isObject(input['codecs']) ? input['codecs'] : {};
  const outputs = Array.isArray(input['outputs']) ? input['outputs'] : [{ name: streamName }];
  return outputs.map((output: unknown) => {
    const { name, variants } = isObject(output) ? output : { name: output };
    if (typeof name !== 'string' || name === '') throw new Error('An output stream needs a "name".');
    return { name, tracks: tracksOf(Array.isArray(variants) ? variants : bypassed(codecs), codecs, bitrate) };
  });
}

function bypassed(codecs: ControlInput): string[] {
  const video = codecs['video'] === null ? [] : ['bypass_video'];
  const audio = codecs['audio'] === null ? [] : ['bypass_audio'];
  return [...video, ...audio];
}

function tracksOf(variants: unknown[], codecs: ControlInput, bitrate: number): Track[] {
  return variants.map((variant, id) => {
    const asked = isObject(variant) ? variant : { name: variant };
    const name = textOr(asked['name'], `track_${id}`);
    const type =
      asked['type'] === 'Audio' || (asked['type'] === undefined && soundsLikeAudio(name)) ? 'Audio' : 'Video';
    const isAudio = type === 'Audio';
    const codec = textOr(
      asked['codec'],
      isAudio ? textOr(codecs['audio'], 'AAC') : textOr(codecs['video'], 'H264'),
    );
    const share = Math.round(isAudio ? bitrate * AUDIO_SHARE : bitrate * (1 - AUDIO_SHARE));
    return { id, type, name, codec, bitrate: readNumber(asked, 'bitrate') ?? share };
  });
}

function soundsLikeAudio(name: string): boolean {
  return /audio|aac|opus|mp3/i.test(name);
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

function isObject(value: unknown): value is ControlInput {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
