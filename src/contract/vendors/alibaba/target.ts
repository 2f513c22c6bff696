/** What is recorded: one stream of an application, by the domain from which it is played. */
import { z } from 'zod';
import type { Problem } from '../../problems.ts';
import type { PlainFields, VendorSubject } from '../../vendor.ts';
import { ADD, bytesOf, COMMAND, DOMAIN, problem, told } from './words.ts';

/** Longer ones no page knows; a name is part of addresses and of objects. */
const MAX_NAME_BYTES = 255;

/** One stream: RealTimeRecordCommand takes no wildcard. Names stand in addresses, where these characters end them. */
function isName(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return !/[*/?#\s\u0000-\u001f\u007f\p{Cs}]/u.test(text) && text !== '' && bytesOf(text) <= MAX_NAME_BYTES;
}

function name(parameter: string, what: string, example: string) {
  return told(
    z.string().refine(isName),
    `it must be the name of ${what}: not empty, without "*", "/", "?", "#" and blanks, at most ${MAX_NAME_BYTES} bytes`,
    { rule: `${COMMAND}, ${parameter} (a single stream, no wildcard)`, try: example },
  );
}

/** Names under which people write the domain that an encoder pushes to. */
const INGEST_FIELDS = ['publishDomain', 'pushDomain', 'ingestDomain', 'domain'] as const;

function ingest() {
  return z
    .unknown()
    .superRefine((value, context) => {
      if (value === undefined) return;
      const domain = typeof value === 'string' && DOMAIN.test(value) ? value : 'this';
      context.addIssue({
        code: 'custom',
        message: `${domain} is an ingest domain; ApsaraVideo records by playback domain`,
        params: {
          rule: `${ADD}, DomainName (the streaming domain)`,
          try: 'playbackDomain: play.example.com',
        },
      });
    })
    .transform(() => undefined)
    .optional();
}

export const alibabaTargetSchema = z
  .strictObject({
    /** The streaming domain, from which the stream is played: record configs and commands are by it. */
    playbackDomain: told(
      z
        .string()
        .transform((text) => text.toLowerCase())
        .refine((text) => DOMAIN.test(text)),
      'it must be the domain from which the stream is played, a host name without scheme and port',
      { rule: `${ADD}, DomainName`, try: 'play.example.com' },
    ),
    /** As in the address to which the encoder pushes. */
    app: name('AppName', 'an application', 'live'),
    stream: name('StreamName', 'a stream', 'mystream'),
    ...(Object.fromEntries(INGEST_FIELDS.map((field) => [field, ingest()])) as Record<
      (typeof INGEST_FIELDS)[number],
      ReturnType<typeof ingest>
    >),
  })
  .transform(({ playbackDomain, app, stream }) => ({ playbackDomain, app, stream }));

export type AlibabaTarget = z.output<typeof alibabaTargetSchema>;

export function alibabaKeyParts({ playbackDomain, app, stream }: AlibabaTarget): string[] {
  return [playbackDomain, app, stream];
}

/** What `callbacks.domains` of the account has as an ingest domain, and not as a playback domain too. */
export function alibabaSubjectProblems(
  { target }: VendorSubject,
  { callbacks }: PlainFields = {},
): Problem[] {
  const { playbackDomain } = target as AlibabaTarget;
  const domains = domainsSchema.parse(callbacks);
  const served = Object.keys(domains).find((playback) => domains[playback] === playbackDomain);
  if (served === undefined || Object.hasOwn(domains, playbackDomain)) return [];
  const why = `${playbackDomain} is an ingest domain by callbacks.domains of the account; ApsaraVideo records by playback domain`;
  return [problem('target.playbackDomain', why, `${ADD}, DomainName`, served, playbackDomain)];
}

const domainsSchema = z
  .object({ domains: z.record(z.string().toLowerCase(), z.string().toLowerCase()) })
  .transform(({ domains }) => domains)
  .catch({});
