import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryArchive } from '../../src/archive/archive.ts';
import { findRequest } from '../../src/archive/requests.ts';
import type { KeepRolling, KeepRollingError } from '../../src/client/index.ts';
import { sessionIdOfRequest } from '../../src/planning/request-id.ts';
import { filesWorkflowId } from '../../src/session/names.ts';
import { omeTraits } from '../../src/recorders/ome/traits.ts';
import { startDevServer } from '../../src/server/index.ts';
import { temporalCliPath } from '../setup/servers.ts';
import { until } from '../temporal/world.ts';
import { clientKit, failureOf, inMs, NO_SERVER, specificationOf, type ClientKit } from './kit.ts';

let kit: ClientKit;
let client: KeepRolling;

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
});
afterAll(async () => await kit.close());

/** Runs until it has closed, and its last word is in the archive. */
async function ranOnce(stream: string, requestId: string): Promise<string> {
  const { handle, sessionId } = await client.start(specificationOf(kit, stream), { requestId });
  await until('admitted', async () => (await handle.status()).view);
  await handle.stop({ by: 'test' });
  await handle.result();
  // The ledger is closed by a workflow of its own, a moment later.
  await kit.world.client.workflow.getHandle(filesWorkflowId(sessionId)).result();
  return sessionId;
}

describe('a start', () => {
  it('tells every problem of a specification before anything is called', async () => {
    const broken = {
      ...specificationOf(kit, 'broken'),
      name: '?',
      window: { from: 'now' },
      options: { interval: 1 },
    };
    const error = await failureOf(client.start(broken));
    expect(error.code).toBe('E_SPEC_INVALID');
    const where = (error.details.problems as { where: string }[]).map((problem) => problem.where);
    expect(where).toEqual(expect.arrayContaining(['name', 'window', 'options.interval']));
    // Nobody was asked for that.
    const offline = await kit.connect({ temporal: NO_SERVER });
    expect((await failureOf(offline.start(broken))).code).toBe('E_SPEC_INVALID');
  });

  it('needs an installation', async () => {
    const nameless = await kit.connect({ installation: undefined });
    expect((await failureOf(nameless.start(specificationOf(kit, 'nameless')))).code).toBe(
      'E_INSTALLATION_MISSING',
    );
  });

  it('says that no server answers', async () => {
    const offline = await kit.connect({ temporal: NO_SERVER });
    for (const options of [{}, { requestId: 'offline' }]) {
      const error = await failureOf(offline.start(specificationOf(kit, 'offline'), options));
      expect(error.code).toBe('E_SERVER_UNREACHABLE');
      expect(error.message).toContain(NO_SERVER.address);
    }
  });

  it('leaves in the memo what a repeat is judged by, and the search attributes that the namespace has', async () => {
    const specification = specificationOf(kit, 'memo', { labels: { tier: 'gold' } });
    const { sessionId, key } = await client.start(specification, { by: 'me', requestId: 'memo-1' });
    const info = await kit.world.client.workflow.getHandle(`recording/${key}`).describe();
    expect(info.memo).toMatchObject({ sessionId, key, name: 'memo', requestId: 'memo-1' });
    expect(info.memo?.specification).toMatchObject({ owner: 'me', written: { from: 'now', length: '1h' } });
    expect(info.searchAttributes).toMatchObject({
      KeeprollingSession: [sessionId],
      KeeprollingTarget: [key],
      KeeprollingOwner: ['me'],
      KeeprollingLabels: ['tier=gold'],
    });
    expect(info.raw.executionConfig?.workflowExecutionTimeout?.seconds?.toNumber() ?? 0).toBe(0);
  });
});

describe('a target that is being recorded', () => {
  it('gives its session to the same specification', async () => {
    const first = await client.start(specificationOf(kit, 'same', { owner: 'team-a' }));
    const second = await client.start(specificationOf(kit, 'same', { name: 'other-name', owner: 'team-b' }));
    expect(first.existing).toBe(false);
    expect(second).toMatchObject({ existing: true, sessionId: first.sessionId, name: 'same' });
  });

  it('is refused to another one, with what differs', async () => {
    const end = inMs(2 * 3_600_000);
    const window = { from: inMs(-60_000), until: end };
    const first = await client.start(specificationOf(kit, 'busy', { owner: 'team-sport', window }));
    const later = inMs(3 * 3_600_000);
    const other = specificationOf(kit, 'busy', {
      window: { ...window, until: later },
      options: { interval: 60_000 },
    });
    const error = await failureOf(client.start(other));
    expect(error.code).toBe('E_TARGET_BUSY');
    expect(error.details.running).toMatchObject({
      sessionId: first.sessionId,
      name: 'busy',
      owner: 'team-sport',
      until: end,
    });
    expect(error.details.differences).toEqual([
      { field: 'options.interval', yours: 60_000, theirs: null },
      { field: 'window.until', yours: later, theirs: end },
    ]);
    expect(error.message).toMatch(
      /by team-sport \(until .*\)\n {2}.*your window ends .*, theirs .*; everything else is equal\n/,
    );
    expect(error.message).toContain('keeprolling status busy');
  });

  it('is decided from the memo alone: no worker is needed', async () => {
    const alone = await clientKit();
    try {
      const lonely = await alone.connect();
      const first = await lonely.start(specificationOf(alone, 'alone'));
      const again = await lonely.start(specificationOf(alone, 'alone'));
      expect(again).toMatchObject({ existing: true, sessionId: first.sessionId });
      const other = specificationOf(alone, 'alone', { window: { from: 'now', length: '2h' } });
      const error = await failureOf(lonely.start(other));
      expect(error.details.differences).toEqual([{ field: 'window.length', yours: '2h', theirs: '1h' }]);
    } finally {
      await alone.close();
    }
  });
});

describe('a request id', () => {
  it('makes the session id', () => {
    const id = sessionIdOfRequest('test01', 'order-7');
    expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
    expect(sessionIdOfRequest('test01', 'order-7')).toBe(id);
    expect(sessionIdOfRequest('test02', 'order-7')).not.toBe(id);
  });

  it.each([
    ['at once', { from: 'now', length: '1h' }],
    ['at once, for a window to come', { from: inMs(3_600_000), until: inMs(7_200_000) }],
  ])('twice %s means one session', async (what, window) => {
    const stream = `twice-${what.length}`;
    const specification = specificationOf(kit, stream, { window });
    const starts = await Promise.all(
      [1, 2, 3].map(async () => await client.start(specification, { requestId: stream })),
    );
    expect(new Set(starts.map((one) => one.sessionId)).size).toBe(1);
    expect(starts.filter((one) => !one.existing)).toHaveLength(1);
  });

  it('gives the same session after it has closed, and refuses another specification', async () => {
    const sessionId = await ranOnce('closed', 'closed-1');
    const again = await client.start(specificationOf(kit, 'closed'), { requestId: 'closed-1' });
    expect(again).toMatchObject({ existing: true, sessionId });
    expect((await again.handle.status()).ended).toBe(true);
    const other = specificationOf(kit, 'closed', { window: { from: 'now', length: '2h' } });
    const error = await failureOf(client.start(other, { requestId: 'closed-1' }));
    expect(error.code).toBe('E_REQUEST_CONFLICT');
    expect(error.details).toMatchObject({
      earlier: { sessionId },
      differences: [{ field: 'window.length' }],
    });
  });

  it('is refused for another target', async () => {
    const { sessionId } = await client.start(specificationOf(kit, 'here'), { requestId: 'here-1' });
    // From the list, which lags, until the archive has it.
    const error = await until('refused', async () => {
      const elsewhere = await kit.connect({ archive: undefined });
      const listed = (await elsewhere.list()).some((one) => one.sessionId === sessionId);
      return (
        listed && (await failureOf(elsewhere.start(specificationOf(kit, 'there'), { requestId: 'here-1' })))
      );
    });
    expect(error).toMatchObject({ code: 'E_REQUEST_CONFLICT', details: { earlier: { sessionId } } });
  });

  it('gives it also after another session of the target', async () => {
    const sessionId = await ranOnce('older', 'older-1');
    await ranOnce('older', 'older-2');
    const again = await client.start(specificationOf(kit, 'older'), { requestId: 'older-1' });
    expect(again).toMatchObject({ existing: true, sessionId });
  });

  it('gives it when the archive alone is left', async () => {
    const sessionId = await ranOnce('erased', 'erased-1');
    const empty = await startDevServer({ cliPath: await temporalCliPath() });
    try {
      const after = await kit.connect({ temporal: { address: empty.address } });
      const again = await after.start(specificationOf(kit, 'erased'), { requestId: 'erased-1' });
      expect(again).toMatchObject({ existing: true, sessionId });
      const result = await again.handle.result();
      expect(result.sessionId).toBe(sessionId);
      const conflict = after.start(specificationOf(kit, 'elsewhere'), { requestId: 'erased-1' });
      expect((await failureOf(conflict)).code).toBe('E_REQUEST_CONFLICT');
    } finally {
      await empty.stop();
    }
  });

  it('starts nothing where it cannot be told whether it was used', async () => {
    const file = join(kit.world.folder, 'no-directory');
    writeFileSync(file, '');
    const blind = await kit.connect({ archive: { directory: file } });
    const error = await failureOf(blind.start(specificationOf(kit, 'blind'), { requestId: 'blind-1' }));
    expect(error.code).toBe('E_REQUEST_UNDECIDED');
    // Without one nothing needs to be remembered.
    expect((await blind.start(specificationOf(kit, 'blind'))).existing).toBe(false);
  });
});

describe('a window to come', () => {
  const leadMs = omeTraits.leadMs;
  const window = { from: inMs(3_600_000), until: inMs(7_200_000), padding: { before: '2m' } };

  it('is held by a launcher, can be seen, and can be stopped', async () => {
    const { handle, startAt, key } = await client.start(specificationOf(kit, 'later', { window }));
    expect(startAt).toBe(new Date(Date.parse(window.from) - 120_000 - leadMs).toISOString());
    expect(await handle.status()).toMatchObject({ source: 'scheduled', startAt, ended: false, silent: null });
    const early = await failureOf(handle.pause());
    expect(early).toMatchObject({ code: 'E_COMMAND_INVALID', details: { startAt } });
    const stopped = await handle.stop({ by: 'test' });
    expect(stopped).toMatchObject({ accepted: true, applied: true, status: { ended: true } });
    expect(await handle.result()).toMatchObject({ outcome: 'cancelled', verdict: 'nothing', key });
    expect((await failureOf(handle.stop())).code).toBe('E_SESSION_ENDED');
  });

  it('is the same session to the same request, also after it was cancelled', async () => {
    const specification = specificationOf(kit, 'later-2', { window });
    const first = await client.start(specification, { requestId: 'later-2' });
    await first.handle.stop();
    const again = await client.start(specification, { requestId: 'later-2' });
    expect(again).toMatchObject({ existing: true, sessionId: first.sessionId, startAt: null });
  });

  it('is the same session to the same request, also after it was moved, has begun, and from the archive alone', async () => {
    const specification = specificationOf(kit, 'moved', { window });
    const first = await client.start(specification, { requestId: 'moved-1' });
    const same = { existing: true, sessionId: first.sessionId };
    await first.handle.reschedule({ from: inMs(7_200_000), until: inMs(10_800_000) });
    expect(await client.start(specification, { requestId: 'moved-1' })).toMatchObject(same);
    const other = client.start(
      { ...specification, source: { gone: 'end after 5m' } },
      { requestId: 'moved-1' },
    );
    expect((await failureOf(other)).code).toBe('E_REQUEST_CONFLICT');

    await first.handle.reschedule({ from: new Date(), length: '1h' });
    await until('begun', async () => (await first.handle.status()).view);
    const asked = await client.start(specification, { requestId: 'moved-1' });
    expect(asked).toMatchObject({ ...same, startAt: null });
    await first.handle.stop();
    await first.handle.result();
    await kit.world.client.workflow.getHandle(filesWorkflowId(first.sessionId)).result();
    const { memo } = await kit.world.client.workflow.getHandle(`recording/${first.key}`).describe();
    expect(await findRequest(directoryArchive(kit.archive), 'moved-1')).toMatchObject({
      specificationHash: memo?.requestHash,
    });
  });

  it('becomes a session when it is near', async () => {
    const soon = { from: inMs(leadMs + 6_000), length: '1h' };
    const { handle, startAt, sessionId } = await client.start(specificationOf(kit, 'soon', { window: soon }));
    expect(startAt).not.toBeNull();
    const live = await until('begun', async () => {
      const status = await handle.status();
      return status.source === 'live' ? status : undefined;
    });
    expect(live.view?.sessionId).toBe(sessionId);
  });
});

describe('errors', () => {
  it('are KeepRollingErrors, also where the server is asked for what it has not', async () => {
    const lost = await kit.connect({}, { namespace: 'no-such-namespace' });
    const error: KeepRollingError = await failureOf(lost.start(specificationOf(kit, 'lost')));
    expect(error).toMatchObject({ code: 'E_CONFIG_INVALID', details: { namespace: 'no-such-namespace' } });
  });
});
