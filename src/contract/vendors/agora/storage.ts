/** What Agora demands of the place for files. */
import type { Place } from '../../destinations.ts';
import { KeepRollingError } from '../../errors.ts';
import type { Problem } from '../../problems.ts';
import { formatDuration } from '../../time.ts';
import type { VendorSubject } from '../../vendor.ts';
import type { AgoraOptions } from './options.ts';
import {
  AGORA_CLOUDS,
  areaOf,
  hasRegionNumber,
  isAgoraCloud,
  isRegionless,
  regionNumber,
  regionNumbers,
} from './regions.ts';
import { ACQUIRE, problem, START } from './told.ts';

const REGIONS = 'Agora Cloud Recording, third-party cloud storage regions';
const PREFIX = `${START}, storageConfig.fileNamePrefix`;
const STS = `${START}, storageConfig.stsToken and stsExpiration`;

/** With its slashes, also the last one. */
const MAX_PREFIX = 128;
/** `/`, installation (8), `/`, session (26), `/`, `t` take (5) `x` nonce (8), `/`. */
const OUR_FOLDERS = 1 + 8 + 1 + 26 + 1 + 15 + 1;
/** What is left for the destination's own prefix. */
export const PREFIX_ROOM = MAX_PREFIX - OUR_FOLDERS;

/** Agora takes no token with less life than this. */
export const MIN_STS_LIFE_MS = 4 * 3_600_000;
/** A session that records for longer than this needs new ones so often. */
export const STS_REFRESH_MS = 3_600_000;

/**
 * Agora's number of the region: by the region's name where its table has it, else as the options say.
 * @throws KeepRollingError where neither tells it, which `agoraStorageProblems` would have refused
 */
export function storageRegionOf(place: Place, options: AgoraOptions): number {
  const number = regionOf(place, options);
  if (number !== null) return number;
  throw new KeepRollingError(
    'E_SPEC_INVALID',
    `Agora's number of the region of destination ${place.name} is not known.`,
  );
}

function regionOf(place: Place, options: AgoraOptions): number | null {
  if (isRegionless(place.cloud)) return 0;
  const named = place.region === null ? null : regionNumber(place.cloud, place.region);
  return named ?? options.storageConfig?.region ?? null;
}

export function agoraStorageProblems(subject: VendorSubject, place: Place | null): Problem[] {
  if (place === null) {
    const why = 'Agora keeps no recordings: it needs a bucket to write to';
    return [
      problem('storage', why, `${START}, storageConfig`, 'the name of a destination in keeprolling.yaml'),
    ];
  }
  if (!isAgoraCloud(place.cloud)) {
    const why = `destination ${place.name} is at ${place.cloud}, and Agora does not write there`;
    return [problem('storage', why, REGIONS, `one at ${AGORA_CLOUDS.join(', ')}`, place.name)];
  }
  const options = subject.options as AgoraOptions;
  return [
    ...credentialProblems(place),
    ...regionProblems(place, options),
    ...areaProblems(place, options),
    ...prefixProblems(place),
    ...lifeProblems(place),
    ...extensionProblems(place, options),
  ];
}

function credentialProblems({ name, hasCredentials }: Place): Problem[] {
  if (hasCredentials) return [];
  const why = `destination ${name} has no credentials, and Agora writes with those that it is given`;
  return [problem('storage', why, `${START}, storageConfig`, '`credentials` there', name)];
}

function regionProblems(place: Place, options: AgoraOptions): Problem[] {
  const { cloud, region: name } = place;
  const where = 'options.storageConfig.region';
  const number = options.storageConfig?.region;
  const named = name === null ? null : regionNumber(cloud, name);
  if (number !== undefined && !hasRegionNumber(cloud, number)) {
    const why = `Agora has no such region of ${cloud}`;
    return [problem(where, why, REGIONS, `one of ${regionNumbers(cloud)}`, number)];
  }
  if (number !== undefined && named !== null && named !== number) {
    const why = `destination ${place.name} is in ${name}, which is ${named} at Agora`;
    return [problem(where, why, REGIONS, 'leave it out', number)];
  }
  if (regionOf(place, options) !== null) return [];
  const why = `Agora's table of regions of ${cloud} does not tell which one ${name ?? 'this'} is`;
  return [
    problem(
      'storage',
      why,
      REGIONS,
      `storageConfig: {region: N} under options, N of ${regionNumbers(cloud)}`,
      place.name,
    ),
  ];
}

function areaProblems(place: Place, options: AgoraOptions): Problem[] {
  const number = regionOf(place, options);
  const area = number === null ? null : areaOf(place.cloud, number);
  if (options.region === undefined || area === null || area === options.region) return [];
  const why = `destination ${place.name} is in ${area}: with region ${options.region} Agora does not leave ${options.region}`;
  return [
    problem(
      'options.region',
      why,
      `${ACQUIRE}, region`,
      `${area}, or a destination in ${options.region}`,
      options.region,
    ),
  ];
}

function prefixProblems({ name, prefix }: Place): Problem[] {
  if (prefix === null) return [];
  const wrong = prefix.split('/').filter((folder) => !/^[A-Za-z0-9]+$/.test(folder));
  const where = 'storage';
  const found: Problem[] = [];
  if (wrong.length > 0) {
    const why = `the prefix of destination ${name} has the folder ${wrong.join(', ')}: Agora takes letters and digits only`;
    found.push(problem(where, why, PREFIX, 'live/recordings', prefix));
  }
  if (prefix.length > PREFIX_ROOM) {
    const why = `the prefix of destination ${name} has ${prefix.length} characters; Agora takes ${MAX_PREFIX}, of which keeprolling needs ${OUR_FOLDERS} to keep takes apart`;
    found.push(problem(where, why, PREFIX, `a prefix of at most ${PREFIX_ROOM} characters`, prefix));
  }
  return found;
}

function lifeProblems({ name, cloud, shortLived, lifeMs, refreshMs }: Place): Problem[] {
  if (!shortLived) return [];
  if (!['aws', 'alibaba', 'tencent'].includes(cloud)) {
    const why = `the credentials of destination ${name} end, and Agora takes such ones for aws, alibaba and tencent only`;
    return [
      problem('storage', why, STS, 'provider: static, with keys that may do nothing but write there', name),
    ];
  }
  const found: Problem[] = [];
  if (lifeMs !== null && lifeMs < MIN_STS_LIFE_MS) {
    const why = `the credentials of destination ${name} live ${formatDuration(lifeMs)}; Agora takes none below 4h`;
    found.push(problem('storage', why, STS, 'duration: 12h there, and as much in the role itself', name));
  }
  if (refreshMs > STS_REFRESH_MS) {
    const why = `the credentials of destination ${name} are renewed every ${formatDuration(refreshMs)}; Agora asks for every 60m`;
    found.push(problem('storage', why, STS, 'refresh: 60m there', name));
  }
  return found;
}

function extensionProblems({ name, cloud }: Place, options: AgoraOptions): Problem[] {
  const { sse, tag } = options.storageConfig?.extensionParams ?? {};
  const found: Problem[] = [];
  const place = 'options.storageConfig.extensionParams';
  const why = (clouds: string): string => `it works for ${clouds} only; destination ${name} is at ${cloud}`;
  if (sse !== undefined && cloud !== 'aws')
    found.push(
      problem(`${place}.sse`, why('aws'), `${START}, storageConfig.extensionParams.sse`, 'leave it out', sse),
    );
  if (tag !== undefined && cloud !== 'aws' && cloud !== 'alibaba')
    found.push(
      problem(
        `${place}.tag`,
        why('aws and alibaba'),
        `${START}, storageConfig.extensionParams.tag`,
        'leave it out',
        tag,
      ),
    );
  return found;
}
