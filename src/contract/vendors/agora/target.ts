/** What is recorded: a channel, each of its users or all in one picture, or a web page. */
import { z } from 'zod';
import { MODES } from './fields.ts';
import { ACQUIRE, always, START, told, valueOf } from './told.ts';

/** Names of channels stay below 64 bytes; Agora takes these characters and no others. */
export const CHANNEL = /^[A-Za-z0-9 !#$%&()+\-:;<=.>?@[\]^_{}|~,]{1,63}$/;
/**
 * A label of a web recording may have 1024 bytes by the page of 2026 and 128 by that of 2024. Both take 128, and a
 * longer one has no use: it only becomes part of the names of files.
 */
export const MAX_LABEL_BYTES = 128;

function isLabel(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return text.trim() !== '' && !/[\u0000-\u001f\u007f]/.test(text) && bytes(text) <= MAX_LABEL_BYTES;
}

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

/** A target whose mode is wrong, or whose channel is missing, has one problem, not two. */
const whenMode =
  (fits: (channel: string) => boolean, ...modes: unknown[]) =>
  (target: unknown): boolean => {
    const channel = valueOf(target, 'channel');
    return (
      typeof channel !== 'string' ||
      channel === '' ||
      !modes.includes(valueOf(target, 'mode')) ||
      fits(channel)
    );
  };

export const agoraTargetSchema = z
  .strictObject({
    /** The channel's name; in mode `web` a label that tells recordings apart. */
    channel: told(z.string().min(1), 'it must be the name of a channel (in mode web: a label), not empty', {
      rule: `${ACQUIRE}, cname`,
      try: 'webinar-2026-q4',
    }),
    mode: told(z.enum(MODES), 'it must be individual, mix or web', {
      rule: `${START}, mode`,
      try: 'mix: all users in one picture; individual: one file for each; web: a page',
    }),
  })
  .refine(
    whenMode((channel) => CHANNEL.test(channel), 'individual', 'mix'),
    {
      ...always,
      path: ['channel'],
      error:
        'it is no name of a channel: fewer than 64 bytes of letters, digits, space and !#$%&()+-:;<=.>?@[]^_{}|~,',
      params: {
        rule: `${ACQUIRE}, cname; codes 401 invalid_channel_name and 1013`,
        try: 'the name that the users join',
      },
    },
  )
  .refine(whenMode(isLabel, 'web'), {
    ...always,
    path: ['channel'],
    error: `it must be a label of at most ${MAX_LABEL_BYTES} bytes, without control characters`,
    params: { rule: `${ACQUIRE}, cname in web page recording`, try: 'shop-front' },
  });

export type AgoraTarget = z.output<typeof agoraTargetSchema>;

export function agoraKeyParts({ channel, mode }: AgoraTarget): string[] {
  return [channel, mode];
}
