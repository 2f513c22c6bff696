import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeepRolling, TargetCoverage } from '../../src/client/index.ts';
import { startDevServer } from '../../src/server/index.ts';
import { temporalCliPath } from '../setup/servers.ts';
import { until } from '../temporal/world.ts';
import { clientKit, failureOf, NO_SERVER, specificationOf, type ClientKit } from './kit.ts';

let kit: ClientKit;
let client: KeepRolling;
let key: string;
const ids: string[] = [];

const sleep = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms));
const ms = (one: { from: string; to: string }): number => Date.parse(one.to) - Date.parse(one.from);

/** Spans and gaps fill every session's time, once. */
function expectWhole(answer: TargetCoverage): void {
  const { totals, gaps } = answer;
  expect(totals.recordedMs + gaps.reduce((sum, gap) => sum + ms(gap), 0)).toBe(totals.windowMs);
  expect(Object.values(totals.byEvidence).reduce((a, b) => a + b)).toBe(totals.recordedMs);
  for (const list of [answer.spans, gaps, answer.sessions]) {
    const starts = list.map((one) => Date.parse(one.from));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  }
}

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
  kit.source(`${kit.world.prefix}cam1`, true);
  for (const name of ['first', 'second']) {
    const { handle, ...started } = await client.start(specificationOf(kit, 'cam1', { name }));
    key = started.key;
    ids.push(started.sessionId);
    await until('recording', async () => (await handle.status()).view?.phase === 'recording');
    await sleep(600);
    if (name === 'second') break;
    await handle.pause({ by: 'director', reason: 'sponsor' });
    await sleep(300);
    await handle.resume();
    await handle.stop();
    await sleep(500);
  }
});
afterAll(async () => await kit.close());

describe('coverage of a target', () => {
  it('is told over all of its sessions, closed and open', async () => {
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const answer = await client.coverage(key, { from });
    expect(answer.key).toBe(key);
    expect(answer.from).toBe(from);
    expect(answer.sessions.map((one) => [one.name, one.live])).toEqual([
      ['first', false],
      ['second', true],
    ]);
    expectWhole(answer);
    expect(answer.gaps).toContainEqual(
      expect.objectContaining({ cause: 'paused', detail: 'director, sponsor', sessionId: ids[0] }),
    );
    // Nobody wanted anything before and between the sessions.
    expect(answer.totals.windowMs).toBe(answer.sessions.reduce((sum, one) => sum + ms(one), 0));
    const last = answer.spans.at(-1)!;
    expect(last).toMatchObject({ sessionId: ids[1], take: 1, recording: expect.stringContaining(ids[1]!) });
    expect(last.files.length).toBeGreaterThan(0);
    expect(answer.missing).toEqual([]);
  });

  it('goes on to now, proved as far as the looks have seen', async () => {
    const ask = async () => await client.coverage('second');
    const before = await ask();
    const after = await until('a look later', async () => {
      const answer = await ask();
      return answer.totals.byEvidence.observed > before.totals.byEvidence.observed ? answer : undefined;
    });
    expect(Date.parse(after.to)).toBeGreaterThan(Date.parse(before.to));
    expect(after.sessions).toHaveLength(1);
    expectWhole(after);
  });

  it('is cut to what is asked for', async () => {
    const whole = await (await client.session(ids[0]!)).coverage();
    const [span] = whole.spans;
    const from = new Date(Date.parse(span!.from) + 100).toISOString();
    const to = new Date(Date.parse(span!.from) + 300);
    const part = await client.coverage(key, { from, to });
    expect(part).toMatchObject({
      from,
      to: to.toISOString(),
      gaps: [],
      totals: { windowMs: 200, percent: 100 },
    });
  });

  it('is refused for a time that is none', async () => {
    for (const options of [{ from: 'yesterday' }, { from: new Date(1000), to: new Date(500) }]) {
      expect((await failureOf(client.coverage(key, options))).code).toBe('E_COMMAND_INVALID');
    }
  });

  it('falls back to the archive for a session that does not answer', async () => {
    await kit.stopWorker();
    const answer = await client.coverage('second');
    expect(answer.sessions).toMatchObject([{ name: 'second', live: true, outcome: null }]);
    expect(answer.missing).toEqual([
      expect.stringMatching(/second .* does not answer: what came after .* is not known/),
    ]);
    expect(answer.unreachable).toBe('worker');
    // A target is all of its sessions, also where no time is asked for.
    const whole = await client.coverage(key);
    expect(whole.sessions.map((one) => one.name)).toEqual(['first', 'second']);
    await kit.startWorker();
  });
});

describe('coverage of what has closed', () => {
  let before: TargetCoverage;
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const to = new Date(Date.now() + 3_600_000).toISOString();

  beforeAll(async () => {
    const handle = await client.session('second');
    await handle.stop();
    const offline = await kit.connect({ temporal: NO_SERVER });
    await until('archived', async () => (await offline.list({ state: 'closed' })).length === 2);
    before = await client.coverage(key, { from, to });
  });

  it('is whole', () => {
    expect(before.sessions.map((one) => one.outcome)).toEqual(['completed', 'completed']);
    expectWhole(before);
  });

  it('is the same from an erased database', async () => {
    const empty = await startDevServer({ cliPath: await temporalCliPath() });
    try {
      const after = await kit.connect({ temporal: { address: empty.address } });
      expect(await after.coverage(key, { from, to })).toEqual(before);
      expect(await after.coverage('first')).toEqual(await client.coverage('first'));
      expect((await after.list({ state: 'closed' })).map((one) => [one.name, one.outcome])).toEqual([
        ['second', 'completed'],
        ['first', 'completed'],
      ]);
    } finally {
      await empty.stop();
    }
  });

  it('is the same without any server, which is said', async () => {
    const offline = await kit.connect({ temporal: NO_SERVER });
    const answer = await offline.coverage(key, { from, to });
    expect({ ...answer, missing: [], unreachable: null }).toEqual(before);
    expect(answer.unreachable).toBe('server');
    expect(answer.missing).toEqual([expect.stringMatching(/^No Temporal server answers/)]);
  });

  it('does not tell what was changed in the archive', async () => {
    const names = readdirSync(kit.archive, { recursive: true, encoding: 'utf8' });
    appendFileSync(
      join(
        kit.archive,
        names.find((name) => name.endsWith(`${ids[0]}/part-0001.json`))!,
      ),
      ' ',
    );
    const offline = await kit.connect({ temporal: NO_SERVER });
    const answer = await offline.coverage(key, { from, to });
    expect(answer.sessions.map((one) => one.name)).toEqual(['second']);
    const told = new RegExp(`${ids[0]} cannot be told .* was changed or lost`);
    expect(answer.missing).toContainEqual(expect.stringMatching(told));
    expect((await failureOf(offline.coverage('first'))).code).toBe('E_ARCHIVE_UNREADABLE');
  });
});
