/** What ApsaraVideo demands of the place for files: a bucket of OSS, in the region of the live center. */
import type { Place } from '../../destinations.ts';
import type { Problem } from '../../problems.ts';
import type { VendorSubject } from '../../vendor.ts';
import type { AlibabaOptions } from './options.ts';
import { ADD, problem } from './words.ts';

/** `oss-cn-shanghai.aliyuncs.com`; the region may be written with `oss-` or without. */
export function ossEndpointOf(region: string): string {
  return `oss-${region.replace(/^oss-/, '')}.aliyuncs.com`;
}

export interface OssPlace {
  OssEndpoint: string;
  OssBucket: string;
}

/** null: it is no bucket of OSS, which `alibabaStorageProblems` would have refused. */
export function ossPlaceOf({
  cloud,
  bucket,
  region,
}: Pick<Place, 'cloud' | 'bucket' | 'region'>): OssPlace | null {
  if (cloud !== 'alibaba' || region === null) return null;
  return { OssEndpoint: ossEndpointOf(region), OssBucket: bucket };
}

const REGION = /^(oss-)?[a-z]{2}-[a-z0-9-]+$/;

export function alibabaStorageProblems(subject: VendorSubject, place: Place | null): Problem[] {
  if (place === null) {
    const why = 'ApsaraVideo keeps no recordings: it needs a bucket of OSS to write to';
    return [problem('storage', why, `${ADD}, OssBucket`, 'the name of a destination in keeprolling.yaml')];
  }
  if (place.cloud !== 'alibaba') {
    const why = `ApsaraVideo writes to OSS alone; destination ${place.name} is at ${place.cloud}`;
    return [
      problem(
        'storage',
        why,
        `${ADD}, OssEndpoint and OssBucket`,
        'a destination of cloud alibaba',
        place.name,
      ),
    ];
  }
  return [...regionProblems(place), ...prefixProblems(subject.options as AlibabaOptions, place)];
}

function regionProblems({ name, region }: Place): Problem[] {
  if (region !== null && REGION.test(region)) return [];
  const why = `the region of destination ${name} is no region of OSS`;
  return [
    problem(
      'storage',
      why,
      `${ADD}, OssEndpoint (InvalidOssEndpoint.Malformed)`,
      'region: cn-shanghai there',
      region,
    ),
  ];
}

/** Names are the vendor's own, so nothing is put before them: they must say themselves that they go there. */
function prefixProblems(
  { RecordFormat = [], TranscodeRecordFormat = [] }: AlibabaOptions,
  place: Place,
): Problem[] {
  const { name, prefix } = place;
  if (prefix === null) return [];
  const lists = { RecordFormat, TranscodeRecordFormat };
  return Object.entries(lists).flatMap(([list, formats]) =>
    formats.flatMap((format, i) =>
      (['OssObjectPrefix', 'SliceOssObjectPrefix'] as const).flatMap((field) => {
        const text = format[field];
        if (text === undefined || text.startsWith(`${prefix}/`)) return [];
        const why = `files of destination ${name} go below ${prefix}/`;
        const where = `options.${list}[${i}].${field}`;
        return [problem(where, why, 'keeprolling.yaml, destinations, prefix', `"${prefix}/${text}"`, text)];
      }),
    ),
  );
}
