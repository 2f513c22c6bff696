/**
 * Agora's numbers for clouds and their regions ("Third-party cloud storage regions", page of June 2026). Names are
 * the clouds' own. What the page lists under a name that no cloud has (Alibaba 18 "EU_East_1", 26 "CN_Northeast_2",
 * 27 "CN_Southeast_7") has none here: such a bucket needs `options.storageConfig.region`.
 */
import type { Cloud } from '../../destinations.ts';
import { KeepRollingError } from '../../errors.ts';
import type { Area } from './fields.ts';

/** `vendor` in Agora's `storageConfig`. 0 (Qiniu) and 4 (Kingsoft) are gone. */
const VENDORS = {
  aws: 1,
  alibaba: 2,
  tencent: 3,
  azure: 5,
  google: 6,
  huawei: 7,
  baidu: 8,
  's3-compatible': 11,
} as const satisfies Partial<Record<Cloud, number>>;
type AgoraCloud = keyof typeof VENDORS;
export type AgoraStorageVendor = (typeof VENDORS)[AgoraCloud];

/** Clouds that Agora writes to. */
export const AGORA_CLOUDS = Object.keys(VENDORS) as AgoraCloud[];

export function isAgoraCloud(cloud: Cloud): cloud is AgoraCloud {
  return Object.hasOwn(VENDORS, cloud);
}

/** @throws KeepRollingError where Agora does not write to it, which `agoraStorageProblems` would have refused */
export function storageVendorOf(cloud: Cloud): AgoraStorageVendor {
  if (isAgoraCloud(cloud)) return VENDORS[cloud];
  throw new KeepRollingError('E_SPEC_INVALID', `Agora has no number for the cloud ${cloud}.`);
}

/** Names by number, from 0: `?` is a number without a name of its own, `-` one that does not exist. */
const table = (text: string): string[] => text.trim().split(/\s+/);

const TABLES: Record<AgoraCloud, string[]> = {
  aws: table(`
    us-east-1 us-east-2 us-west-1 us-west-2 eu-west-1 eu-west-2 eu-west-3 eu-central-1 ap-southeast-1
    ap-southeast-2 ap-northeast-1 ap-northeast-2 sa-east-1 ca-central-1 ap-south-1 cn-north-1 cn-northwest-1 -
    af-south-1 ap-east-1 ap-northeast-3 eu-north-1 me-south-1 - ap-southeast-3 eu-south-1`),
  alibaba: table(`
    cn-hangzhou cn-shanghai cn-qingdao cn-beijing cn-zhangjiakou cn-huhehaote cn-shenzhen cn-hongkong us-west-1
    us-east-1 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-5 ap-northeast-1 ap-south-1 eu-central-1
    eu-west-1 ? ap-southeast-6 cn-heyuan cn-guangzhou cn-chengdu cn-nanjing cn-fuzhou cn-wulanchabu ? ?`),
  tencent: table(`
    ap-beijing-1 ap-beijing ap-shanghai ap-guangzhou ap-chengdu ap-chongqing ap-shenzhen-fsi ap-shanghai-fsi
    ap-beijing-fsi ap-hongkong ap-singapore ap-mumbai ap-seoul ap-bangkok ap-tokyo na-siliconvalley na-ashburn
    na-toronto eu-frankfurt eu-moscow`),
  azure: ['?'],
  google: ['?'],
  huawei: table(`
    cn-north-1 cn-north-4 cn-east-2 cn-east-3 cn-south-1 cn-southwest-2 ap-southeast-1 ap-southeast-2
    ap-southeast-3 af-south-1 sa-argentina-1 sa-peru-1 na-mexico-1 sa-brazil-1 la-south-2 sa-chile-1`),
  // The page names cities: Baoding, Suzhou, Guangzhou, Hongkong, Singapore, Wuhan, Shanghai.
  baidu: table('- bd su gz hkg sin fwh fsh'),
  's3-compatible': ['?'],
};

const regionsOf = (cloud: Cloud): string[] => (isAgoraCloud(cloud) ? TABLES[cloud] : []);

/** Clouds for which Agora takes a region's number and heeds none. */
export function isRegionless(cloud: Cloud): boolean {
  return cloud === 'azure' || cloud === 'google' || cloud === 's3-compatible';
}

/** The number of a region that the cloud calls so; null where Agora's page tells none for certain. */
export function regionNumber(cloud: Cloud, name: string): number | null {
  const plain = name.toLowerCase().replace(cloud === 'alibaba' ? /^oss-/ : /^$/, '');
  const number = /^[a-z]/.test(plain) ? regionsOf(cloud).indexOf(plain) : -1;
  return number < 0 ? null : number;
}

export function hasRegionNumber(cloud: Cloud, number: number): boolean {
  return (regionsOf(cloud)[number] ?? '-') !== '-';
}

/** All numbers that exist, for people: `0-16, 18-22, 24, 25`. */
export function regionNumbers(cloud: Cloud): string {
  const numbers = [...regionsOf(cloud).keys()].filter((number) => hasRegionNumber(cloud, number));
  const runs: [first: number, last: number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run?.[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs
    .map(([first, last]) => [...new Set([first, last])].join(last - first === 1 ? ', ' : '-'))
    .join(', ');
}

const MAINLAND = /^(cn|ap-(beijing|shanghai|guangzhou|chengdu|chongqing|shenzhen)|bd|su|gz|fwh|fsh)($|-)/;
const AREA_OF: [pattern: RegExp, area: Area][] = [
  [/^(cn-hongkong|hkg|sin)$/, 'AP'],
  [MAINLAND, 'CN'],
  [/^ap-/, 'AP'],
  [/^eu-/, 'EU'],
  [/^(us-|ca-|na-(siliconvalley|ashburn|toronto))/, 'NA'],
];

/** In which of acquire's regions a storage region lies; null where that cannot be told. */
export function areaOf(cloud: Cloud, number: number): Area | null {
  const name = regionsOf(cloud)[number] ?? '-';
  return AREA_OF.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
