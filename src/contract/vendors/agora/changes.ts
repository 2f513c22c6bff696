/**
 * What may be changed while Agora records, for one subject. These schemas also travel as JSON Schema, so they have
 * no rule that it cannot say: either-or is a union, and words stand in `describe`.
 */
import { z } from 'zod';
import type { ChangeKind } from '../../../session/changes.ts';
import { secretReference } from '../../secrets.ts';
import type { VendorSubject } from '../../vendor.ts';
import { canvas, LAYOUT, regions, subscribeList, uid, UID_LIST_WORDS, unsubscribeList } from './fields.ts';
import type { AgoraOptions } from './options.ts';
import type { AgoraTarget } from './target.ts';

function worded<S extends z.ZodType>(words: string, schema: (error: string) => S): S {
  return schema(words).describe(words);
}

// ── subscribe ──────────────────────────────────────────────────────────────────────────────────────────────────

const audioUidList = worded(
  `must hold subscribeAudioUids (${UID_LIST_WORDS}) or unsubscribeAudioUids (uids)`,
  (error) =>
    z.union(
      [
        z.strictObject({ subscribeAudioUids: subscribeList }),
        z.strictObject({ unsubscribeAudioUids: unsubscribeList }),
      ],
      { error },
    ),
);
const videoUidList = worded(
  `must hold subscribeVideoUids (${UID_LIST_WORDS}) or unsubscribeVideoUids (uids)`,
  (error) =>
    z.union(
      [
        z.strictObject({ subscribeVideoUids: subscribeList }),
        z.strictObject({ unsubscribeVideoUids: unsubscribeList }),
      ],
      { error },
    ),
);

/** See `merges` in session/changes.ts. */
const MERGED = { merges: true };

/** By `streamTypes`: audio, video, both. A medium that a change leaves out stays as the change before it had it. */
const SUBSCRIBE = [
  z.strictObject({ audioUidList }).meta(MERGED),
  z.strictObject({ videoUidList }).meta(MERGED),
  worded(
    'must hold audioUidList, videoUidList or both: each with one list, whom to take (or "#allstream#" for all) or whom to leave out',
    (error) =>
      z.union(
        [
          z.strictObject({ audioUidList, videoUidList: videoUidList.optional() }),
          z.strictObject({ videoUidList }),
        ],
        { error },
      ),
  ).meta(MERGED),
] as const;

// ── layout ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** `mixedVideoLayout` must be there: what a layout leaves out goes back to Agora's default, and so would the layout. */
const layout = worded(
  'must be a whole layout: mixedVideoLayout 0 or 1, or 2 with maxResolutionUid, or 3 with layoutConfig of 1 to 17 regions; beside it backgroundColor, backgroundImage, defaultUserBackgroundImage and backgroundConfig. What is left out goes back to its default',
  (error) =>
    z.union(
      [
        z.strictObject({ mixedVideoLayout: z.literal([LAYOUT.floating, LAYOUT.adaptive]), ...canvas }),
        z.strictObject({
          mixedVideoLayout: z.literal(LAYOUT.vertical),
          maxResolutionUid: uid.optional(),
          ...canvas,
        }),
        z.strictObject({ mixedVideoLayout: z.literal(LAYOUT.custom), layoutConfig: regions, ...canvas }),
      ],
      { error },
    ),
);

// ── publish, storage ───────────────────────────────────────────────────────────────────────────────────────────

const publish = worded(
  'must be {outputs: [{rtmpUrl: {secret: name}}]}: one address, by its name under secrets',
  (error) =>
    z.strictObject(
      {
        outputs: z
          .array(z.strictObject({ rtmpUrl: secretReference }, { error }), { error })
          .min(1)
          .max(1),
      },
      { error },
    ),
);

const storage = worded('must be {destination: name} or {refresh: now}', (error) =>
  z.union(
    [z.strictObject({ destination: z.string().min(1) }), z.strictObject({ refresh: z.literal('now') })],
    {
      error,
    },
  ),
);

export function agoraChanges(subject: VendorSubject): Partial<Record<ChangeKind, z.ZodType>> {
  const { mode } = subject.target as AgoraTarget;
  const options = subject.options as AgoraOptions;
  if (mode === 'web') return { ...(options.publish && { publish }), storage };
  const { streamTypes = 2 } = options;
  const subscribe = SUBSCRIBE[streamTypes];
  return { subscribe, ...(mode === 'mix' && streamTypes !== 0 && { layout }), storage };
}
