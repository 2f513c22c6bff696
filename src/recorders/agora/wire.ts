/**
 * Agora's replies. Unknown fields pass; spellings of older pages and of the vendor's own samples are read as well
 * (`filename`, `playload`, `unknow`, texts for numbers); the fields that we rely on must be there.
 * Sources: pages "query" and "stop" of 2024-04 and 2026-06.
 */
import { z } from 'zod';
import { defined } from './defined.ts';

export const integer = z
  .union([z.number(), z.string().regex(/^-?[0-9]{1,20}$/)])
  .transform(Number)
  .pipe(z.int());
const name = z.string().min(1);

/** Below this a number of time is seconds: 1e11 s would be in the year 5138, and 1e11 ms was in 1973. */
const SECONDS_BELOW = 100_000_000_000;

/** Epoch milliseconds, whichever of the two units the page or the service has it in; undefined for none (0). */
export function agoraInstant(value: number): number | undefined {
  if (!Number.isFinite(value) || value <= 0) return undefined;
  return Math.round(value < SECONDS_BELOW ? value * 1000 : value);
}

const instant = z
  .union([z.number(), z.string().regex(/^[0-9]{1,20}$/)])
  .transform((value) => agoraInstant(Number(value)))
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);

/** A file that Agora names; its name has the folder before it or has not. */
export interface AgoraFile {
  fileName: string;
  /** `audio`, `video`, `audio_and_video`. */
  trackType?: string;
  /** Whose it is; "0" for all. */
  uid?: string;
  mixedAllUser?: boolean;
  isPlayable?: boolean;
  /** Epoch milliseconds. */
  sliceStartTime?: number;
}

const fileSchema = z
  .looseObject({
    fileName: name.optional(),
    filename: name.optional(),
    trackType: z.string().nullish().catch(undefined),
    uid: z.union([z.string(), z.number()]).nullish().catch(undefined),
    mixedAllUser: z.boolean().nullish().catch(undefined),
    isPlayable: z.boolean().nullish().catch(undefined),
    sliceStartTime: instant,
  })
  .refine(({ fileName, filename }) => (fileName ?? filename) !== undefined, { path: ['fileName'] })
  .transform(
    ({ fileName, filename, trackType, uid, mixedAllUser, isPlayable, sliceStartTime }): AgoraFile => {
      const rest = { trackType, uid: uid?.toString(), mixedAllUser, isPlayable, sliceStartTime };
      const kept = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null);
      return { fileName: fileName ?? filename ?? '', ...Object.fromEntries(kept) };
    },
  );

/** `fileListMode` "string": one name as text. "json": a list; some services wrote that as text, too. */
export const fileListSchema = z
  .unknown()
  .optional()
  .transform((value) => {
    if (value === undefined || value === null || value === '') return [];
    if (typeof value !== 'string') return value;
    return value.trimStart().startsWith('[') ? (parsed(value) ?? value) : [{ fileName: value }];
  })
  .pipe(z.array(fileSchema));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `backuped`: at least one file is at Agora, which goes on uploading it. Anything else that is told is `unknown`. */
export type UploadingStatus = 'uploaded' | 'backuped' | 'unknown';

const uploadingStatus = z
  .unknown()
  .optional()
  .transform((value): UploadingStatus | undefined =>
    value === undefined || value === null
      ? undefined
      : value === 'uploaded' || value === 'backuped'
        ? value
        : 'unknown',
  );

const payloadSchema = z.looseObject({
  state: z.string().nullish().catch(undefined),
  onhold: z.boolean().nullish().catch(undefined),
  fileList: fileListSchema,
  uploadingStatus,
  outputs: z
    .array(z.looseObject({ status: z.string().nullish().catch(undefined) }))
    .nullish()
    .catch(undefined),
});

const serviceSchema = z
  .looseObject({
    serviceName: z.string(),
    payload: payloadSchema.nullish(),
    playload: payloadSchema.nullish(),
  })
  .transform(({ serviceName, payload, playload }) => ({
    serviceName,
    payload: payload ?? playload ?? undefined,
  }));

const serverFields = {
  extensionServiceState: z.array(serviceSchema).nullish(),
  fileList: fileListSchema,
  sliceStartTime: instant,
  uploadingStatus,
};
const queriedSchema = z.looseObject({ status: integer, ...serverFields });
const stoppedSchema = z.looseObject(serverFields);

/** The page recorder of mode web. */
export interface AgoraPage {
  /** `init`, `inProgress`, `exit`; empty where it was not told. */
  state: string;
  onhold: boolean;
}

interface Named {
  cname?: string;
  uid?: string;
  resourceId?: string;
  sid?: string;
  /** What Agora calls this request, for its support. */
  requestId?: string;
}

export interface AgoraAcquired extends Named {
  resourceId: string;
}

export interface AgoraStarted extends Named {
  sid: string;
  /** It was running under this resource id before the call (201, code 7). */
  already: boolean;
}

export type AgoraUpdated = Named;

export interface AgoraQuery extends Named {
  /** 0 not started, 1 to 3 coming up, 4 ready, 5 in progress, 6 stopping, 7 stopped, 8 exited, 20 exited abnormally. */
  status: number;
  /** Mode web. */
  page?: AgoraPage;
  /** State of the push: `connecting`, `publishing`, `onhold`, `disconnected`; its address is a secret and left out. */
  push?: string;
  files: AgoraFile[];
  /** Epoch milliseconds. */
  sliceStartTime?: number;
}

export interface AgoraStop extends Named {
  files: AgoraFile[];
  /** Absent where nothing was told of the upload, as after a stop that does not wait for it. */
  uploadingStatus?: UploadingStatus;
  page?: AgoraPage;
}

const optionalText = z
  .union([z.string(), z.number()])
  .nullish()
  .catch(undefined)
  .transform((value) => (value === undefined || value === null || value === '' ? undefined : String(value)));
const names = { cname: optionalText, uid: optionalText, resourceId: optionalText, sid: optionalText };

function named({ cname, uid, resourceId, sid }: Record<keyof typeof names, string | undefined>): Named {
  return defined({ cname, uid, resourceId, sid }) as Named;
}

export const acquiredSchema = z
  .looseObject({ ...names, resourceId: name })
  .transform((body): AgoraAcquired => ({ ...named(body), resourceId: body.resourceId }));

export const startedSchema = z
  .looseObject({ ...names, sid: name })
  .transform((body): Omit<AgoraStarted, 'already'> => ({ ...named(body), sid: body.sid }));

export const updatedSchema = z.looseObject(names).transform((body): AgoraUpdated => named(body));

type Services = z.output<typeof serviceSchema>[] | null | undefined;

const payloadOf = (services: Services, serviceName: string) =>
  services?.find((service) => service.serviceName === serviceName)?.payload;

function pageOf(services: Services): AgoraPage | undefined {
  const payload = payloadOf(services, 'web_recorder_service');
  return payload && { state: payload.state ?? '', onhold: payload.onhold ?? false };
}

/** In mode web the files stand in the page recorder's state. */
function filesOf({ fileList, extensionServiceState }: z.output<typeof stoppedSchema>): AgoraFile[] {
  return fileList.length > 0
    ? fileList
    : (payloadOf(extensionServiceState, 'web_recorder_service')?.fileList ?? []);
}

export const querySchema = z
  .looseObject({ ...names, serverResponse: queriedSchema })
  .transform((body): AgoraQuery => {
    const { status, extensionServiceState, sliceStartTime } = body.serverResponse;
    const push = payloadOf(extensionServiceState, 'rtmp_publish_service')?.outputs?.[0]?.status ?? undefined;
    const files = filesOf(body.serverResponse);
    const page = pageOf(extensionServiceState);
    return {
      ...named(body),
      status,
      files,
      ...(defined({ page, push, sliceStartTime }) as Partial<AgoraQuery>),
    };
  });

export const stopSchema = z
  .looseObject({ ...names, serverResponse: stoppedSchema.nullish() })
  .transform((body): AgoraStop => {
    const { serverResponse } = body;
    if (!serverResponse) return { ...named(body), files: [] };
    const { extensionServiceState: services } = serverResponse;
    const status = serverResponse.uploadingStatus ?? payloadOf(services, 'upload_service')?.uploadingStatus;
    const page = pageOf(services);
    const rest = defined({ page, uploadingStatus: status }) as Partial<AgoraStop>;
    return { ...named(body), files: filesOf(serverResponse), ...rest };
  });

// ── errors ─────────────────────────────────────────────────────────────────────────────────────────────────────

export interface AgoraError {
  /** Of the service behind the gateway. */
  code?: number;
  reason?: string;
  /** Of the gateway. */
  message?: string;
  /** Errors may repeat ids, also empty ones; an empty one is none. */
  sid?: string;
}

const errorSchema = z.looseObject({
  code: integer.optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  sid: optionalText,
});

/** Whatever a body tells of an error; nothing where it is no object of JSON, such as a proxy's page. */
export function errorOf(text: string): AgoraError {
  const read = errorSchema.safeParse(parsed(text));
  if (!read.success) return {};
  const { code, reason, message, sid } = read.data;
  return defined({ code, reason, message, sid }) as AgoraError;
}
