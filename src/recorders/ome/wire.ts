/**
 * OvenMediaEngine's replies. Unknown fields pass; the fields that we rely on must have their documented form.
 * Sources: OvenMediaEngine v0.20.0, modules/json_serdes/record.cpp and stream.cpp.
 */
import { z } from 'zod';

/** Local time of the server with its offset: `2026-11-21T10:15:20.113+09:00`. */
const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'it is not an instant');
const count = z.number().nonnegative();

/**
 * One recording task. Empty texts and zero counters are left out by the vendor; which fields there are depends on
 * the state, as told beside each.
 */
export const omeRecordSchema = z.looseObject({
  /**
   * `ready` (armed; the stream is not there), `recording` (the page's table says "Started"), `stopping` (only in
   * the reply to a stop), `stopped` (the stream went away; the task is still ARMED), `error` (it will not write again).
   */
  state: z
    .string()
    .min(1)
    .transform((text) => (text.toLowerCase() === 'started' ? 'recording' : text.toLowerCase())),
  id: z.string().optional(),
  vhost: z.string().optional(),
  app: z.string().optional(),
  /** As given to `startRecord`. */
  metadata: z.string().optional(),
  /** `name` is the OUTPUT stream. */
  stream: z.looseObject({ name: z.string(), variantNames: z.array(z.string()).nullish() }).optional(),
  /** Made by the server's StreamMap file and not by the API; since 0.16.6, and always false in the reply to a stop. */
  isConfig: z.boolean().optional(),
  /** The template as sent (before 0.13.2 the resolved path). */
  filePath: z.string().optional(),
  infoPath: z.string().optional(),
  /** Relative to `<RootPath>`. While it records this is not the final name if the template uses `${EndTime}`. */
  outputFilePath: z.string().optional(),
  outputInfoPath: z.string().optional(),
  /** Milliseconds. */
  interval: count.optional(),
  schedule: z.string().optional(),
  segmentationRule: z.string().optional(),
  createdTime: instant.optional(),
  /** Begin of the segment that is being written, or was last; not in `ready`. */
  startTime: instant.optional(),
  /** End of the last segment; only in `stopped` and `error`. */
  finishTime: instant.optional(),
  /** Bytes of the running segment; none in `ready`. */
  recordBytes: count.optional(),
  /** Milliseconds from `startTime` to the last packet. */
  recordTime: count.optional(),
  /** Over all segments. WRONG in the reply to a stop: bytes plus milliseconds. */
  totalRecordBytes: count.optional(),
  /** Milliseconds over all segments. WRONG in the reply to a stop: the last segment only. */
  totalRecordTime: count.optional(),
  /** Number of finished segments, which is the number of the running one, from 0; hidden in `ready`. */
  sequence: count.optional(),
});
export type OmeRecord = z.output<typeof omeRecordSchema>;

const trackSchema = z.looseObject({
  id: z.number().optional(),
  /** The encode's name, which `variantNames` asks for. */
  name: z.string().optional(),
  /** `Video`, `Audio`, `Data`. */
  type: z.string().optional(),
  video: z.looseObject({ codec: z.string().optional() }).nullish(),
  audio: z.looseObject({ codec: z.string().optional() }).nullish(),
});

/** An input stream and the output streams that are made of it. */
export const omeStreamSchema = z.looseObject({
  name: z.string(),
  input: z.looseObject({ sourceType: z.string().optional(), createdTime: instant.optional() }).optional(),
  outputs: z.array(z.looseObject({ name: z.string(), tracks: z.array(trackSchema).nullish() })).nullish(),
});
export type OmeStream = z.output<typeof omeStreamSchema>;

export const omeVersionSchema = z.looseObject({ version: z.string(), gitVersion: z.string().optional() });
export type OmeVersion = z.output<typeof omeVersionSchema>;

export const envelopeSchema = z.looseObject({ response: z.unknown() });

/** start and stop answer with an array of one up to 0.15.10 and with the object since 0.15.11. */
export const oneRecordSchema = z.preprocess(
  (value) => (Array.isArray(value) && value.length === 1 ? value[0] : value),
  omeRecordSchema,
);
export const recordListSchema = z.array(omeRecordSchema);
export const nameListSchema = z.array(z.string());

/** Epoch milliseconds of one of the vendor's instants; undefined for none and for its "never" (1970). */
export function omeInstant(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) || at < 86_400_000 * 2 ? undefined : at;
}
