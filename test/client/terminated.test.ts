/** What is told of a session whose workflow was ended from outside: as much as it knew, and that nobody knows more. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSwept } from '../../src/archive/swept.ts';
import { directoryArchive } from '../../src/archive/archive.ts';
import { filesText } from '../../src/cli/render/files.ts';
import { coverageText } from '../../src/cli/render/coverage.ts';
import type { KeepRolling } from '../../src/client/index.ts';
import { folderOf } from '../../src/client/files.ts';
import { until } from '../temporal/world.ts';
import { clientKit, NO_SERVER, specificationOf, type ClientKit } from './kit.ts';

let kit: ClientKit;
let client: KeepRolling;
let id: string;
let key: string;
/** As coverage had it before, of what its looks had seen. */
let knownTo: number;
let terminatedAt: number;

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
  kit.source(`${kit.world.prefix}cam1`, true);
  const { handle, ...started } = await client.start(specificationOf(kit, 'cam1'));
  ({ key, sessionId: id } = started);
  await until('recording', async () => (await handle.status()).view?.phase === 'recording');
  await until(
    'a part',
    async () => (await folderOf(directoryArchive(kit.archive), { key, sessionId: id })) !== null,
  );
  knownTo = await until('a look long after its last event', async () => {
    const { spans, totals } = await client.coverage('cam1');
    const seen = spans.find((span) => span.evidence === 'observed');
    return totals.byEvidence.observed > 2_000 ? Date.parse(seen!.to) : undefined;
  });
  const workflow = kit.world.client.workflow.getHandle(`recording/${key}`);
  await workflow.terminate('by hand');
  terminatedAt = (await workflow.describe()).closeTime!.getTime();
});
afterAll(async () => await kit.close());

it('coverage goes as far as its looks have seen, and says that the rest is not known', async () => {
  const told = await client.coverage('cam1');
  expect(Date.parse(told.to)).toBeGreaterThanOrEqual(knownTo);
  expect(Date.parse(told.to)).toBeLessThanOrEqual(terminatedAt);
  expect(told.totals.recordedMs).toBeGreaterThan(2_000);
  expect(told.spans.map(({ open }) => open)).not.toContain(true);
  expect(told.missing).toEqual([
    `The workflow of cam1 (${id}) ended as TERMINATED at ${new Date(terminatedAt).toISOString()}, without a last word: what came after ${told.to} is not known.`,
  ]);
  expect(coverageText(told, 'UTC')).not.toContain('─ now');
  const before = await client.coverage(key, { to: new Date(knownTo - 3_600_000) });
  expect(before).toMatchObject({ sessions: [], missing: [] });
});

it('the archive alone shows no span that goes on', async () => {
  const alone = await kit.connect({ temporal: NO_SERVER });
  const { spans } = await alone.coverage(id);
  expect(spans.map(({ open }) => open)).not.toContain(true);
});

it('its files are told as those of a session that was ended from outside', async () => {
  const files = await client.files('cam1');
  expect(files).toMatchObject({ from: 'keeper', takes: [{ take: 1, running: false }] });
  expect(files.troubles).toEqual([
    expect.stringMatching(/^the workflow of the session ended as TERMINATED at 20/),
  ]);
  const text = filesText(files, { now: Date.now(), zone: 'UTC' });
  expect(text).not.toContain('runs');
});

it('a sweep that stopped its take is told with it, with and without a server', async () => {
  const archive = directoryArchive(kit.archive);
  const folder = await folderOf(archive, { key, sessionId: id });
  const at = terminatedAt + 600_000;
  await writeSwept(archive, folder!, { take: 1, recording: 'r1', at, how: 'stopped' });
  const told = new RegExp(`is not known\\. A sweep stopped take 1 at ${new Date(at).toISOString()}\\.$`);
  expect((await client.coverage('cam1')).missing).toEqual([expect.stringMatching(told)]);
  expect((await client.explain('cam1')).missing).toEqual([expect.stringMatching(told)]);
  const alone = await kit.connect({ temporal: NO_SERVER });
  expect((await alone.coverage(id)).missing).toContainEqual(expect.stringMatching(told));
});
