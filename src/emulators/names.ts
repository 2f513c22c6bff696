/** What can be emulated, by name alone: a command line that only names them need not load them. */
export const EMULATED = ['ome', 'agora', 'alibaba', 'huawei', 'naver'] as const;

/** What the emulated cloud is called where vendors are named. It is none: it stores what they upload. */
export const CLOUD = 'cloud';

export function emulatedVendors(): string[] {
  return [...EMULATED];
}
