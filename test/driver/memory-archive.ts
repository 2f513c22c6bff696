import type { Archive } from '../../src/archive/archive.ts';

/** An archive in memory, with an outage on request. */
export function memoryArchive(): Archive & { pieces: Map<string, string>; down: boolean } {
  const pieces = new Map<string, string>();
  const archive = {
    place: 'memory',
    pieces,
    down: false,
    async put(name: string, text: string) {
      await Promise.resolve();
      if (archive.down) throw new Error('the archive is down');
      const known = pieces.get(name);
      if (known !== undefined && known !== text) throw new Error(`${name} exists with other content`);
      pieces.set(name, text);
    },
    async get(name: string) {
      return await Promise.resolve(pieces.get(name));
    },
    async list(prefix: string) {
      const base = prefix === '' ? '' : `${prefix}/`;
      const names = [...pieces.keys()].filter((name) => name.startsWith(base));
      const entries = names
        .map((name) => name.slice(base.length))
        .map((rest) => (rest.includes('/') ? `${rest.split('/')[0]!}/` : rest));
      return await Promise.resolve([...new Set(entries)].toSorted());
    },
  };
  return archive;
}
