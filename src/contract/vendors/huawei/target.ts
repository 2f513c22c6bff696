/** What is recorded: one stream, as its encoder pushes it. */
import { z } from 'zod';
import { told } from '../../told.ts';
import { CONTROL, domainName, isStreamName, LENGTHS, ours } from './fields.ts';

const name = (what: string, field: 'app' | 'stream', instead: string) =>
  told(
    z.string().min(1).max(LENGTHS[field]).refine(isStreamName),
    `it must be the name of ${what}: 1 to ${LENGTHS[field]} characters without blanks, and no wildcard`,
    { rule: `${CONTROL}, ${field}`, try: instead },
  );

export const huaweiTargetSchema = z.strictObject({
  /** The INGEST domain. */
  publishDomain: told(
    domainName,
    'it must be the ingest domain, to which the encoder pushes: 1 to 255 characters',
    {
      rule: `${CONTROL}, publish_domain (ingest domain name)`,
      try: 'push.example.com',
    },
  ),
  app: name('the application', 'app', 'live'),
  stream: name('the stream', 'stream', 'match'),
  playbackDomain: ours(
    'Huawei records by the ingest domain: rules, commands and callbacks know no playback domain',
    'publishDomain',
    `${CONTROL}, publish_domain`,
  ),
});

export type HuaweiTarget = z.output<typeof huaweiTargetSchema>;

/** Host names know no case. */
export function huaweiKeyParts({ publishDomain, app, stream }: HuaweiTarget): string[] {
  return [publishDomain.toLowerCase(), app, stream];
}
