import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeepRolling, SessionHandle } from '../../src/client/index.ts';
import type { StatusView } from '../../src/session/views.ts';
import { until } from '../temporal/world.ts';
import { clientKit, failureOf, inMs, specificationOf, type ClientKit } from './kit.ts';

const HOUR = 3_600_000;

let kit: ClientKit;
let client: KeepRolling;

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
});
afterAll(async () => await kit.close());

const viewOf = async (handle: SessionHandle): Promise<StatusView> =>
  (await until('answered', async () => (await handle.status()).view))!;

const window = (hours: number) => ({ from: inMs(-60_000), until: inMs(hours * HOUR) });

describe('a start that joins', () => {
  it('shares the recording of a target that is being recorded alike, until each has stopped', async () => {
    const mine = specificationOf(kit, 'shared', { owner: 'team-a', window: window(1) });
    const theirs = { ...mine, name: 'theirs', owner: 'team-b', window: window(2) };
    const first = await client.start(mine);
    await viewOf(first.handle);

    const refused = await failureOf(client.start(theirs));
    expect(refused.code).toBe('E_TARGET_BUSY');
    expect(refused.message).toContain('one recording can hold both: start with --join');

    const joined = await client.start(theirs, { join: true });
    expect(joined).toMatchObject({
      sessionId: first.sessionId,
      name: 'shared',
      existing: true,
      joined: true,
      until: theirs.window.until,
      startAt: null,
    });
    const claims = [
      { owner: 'team-a', until: mine.window.until, name: 'shared' },
      { owner: 'team-b', until: theirs.window.until, name: 'theirs' },
    ];
    const view = await viewOf(first.handle);
    expect(view).toMatchObject({ claims, window: { until: theirs.window.until } });

    // The same again is the same claim.
    await client.start(theirs, { join: true });
    expect((await viewOf(first.handle)).claims).toEqual(claims);

    const stranger = await failureOf(first.handle.stop({ by: 'somebody' }));
    expect(stranger.message).toContain('somebody has no claim on this recording');

    const extended = await joined.handle.extend({ by: 'team-a', until: inMs(3 * HOUR) });
    expect(extended.status.view?.claims[0]?.until).toBe(extended.status.view?.window.until);

    const stopped = await joined.handle.stop({ by: 'team-b' });
    expect(stopped).toMatchObject({ applied: true, status: { ended: false } });
    expect(stopped.status.view?.claims.map(({ owner }) => owner)).toEqual(['team-a']);
    expect(await first.handle.stop({ by: 'team-a' })).toMatchObject({ status: { ended: true } });
  });

  it('is joined again by one who has ended his claim, for as long as he wants it', async () => {
    const mine = specificationOf(kit, 'again', { owner: 'team-a', window: window(2) });
    const theirs = { ...mine, name: 'theirs', owner: 'team-b', window: window(1) };
    const { handle, sessionId } = await client.start(mine);
    await viewOf(handle);
    await client.start(theirs, { join: true });
    await handle.stop({ by: 'team-a' });
    expect((await viewOf(handle)).window.until).toBe(theirs.window.until);

    const refused = await failureOf(client.start(mine));
    expect(refused.code).toBe('E_TARGET_BUSY');
    expect(refused.message).toContain('one recording can hold both: start with --join');
    const end = mine.window.until;
    expect(await client.start(mine, { join: true })).toMatchObject({ sessionId, joined: true, until: end });
    const { claims, window: shown } = await viewOf(handle);
    expect(claims.map(({ owner }) => owner)).toEqual(['team-b', 'team-a']);
    expect(shown.until).toBe(end);
    expect(await client.start(mine)).toMatchObject({ existing: true, sessionId });
    await handle.stop({ by: 'director', all: true });
  });

  it('is ended for all by one who says so', async () => {
    const mine = specificationOf(kit, 'for-all', { owner: 'team-a' });
    const { handle } = await client.start(mine);
    await client.start({ ...mine, owner: 'team-b' }, { join: true });
    expect((await viewOf(handle)).claims).toHaveLength(2);
    expect(await handle.stop({ by: 'director', all: true })).toMatchObject({ status: { ended: true } });
  });

  it('is a plain start where nothing records the target, and harmless to repeat', async () => {
    const mine = specificationOf(kit, 'alone', { owner: 'team-a', window: window(1) });
    const first = await client.start(mine, { join: true });
    expect(first).toMatchObject({ existing: false });
    expect(first.joined).toBeUndefined();
    const again = await client.start(mine, { join: true });
    expect(again).toMatchObject({ existing: true, sessionId: first.sessionId });
    expect(again.joined).toBeUndefined();
  });

  it('is refused where the other one records something else, with what that is', async () => {
    await client.start(specificationOf(kit, 'otherwise', { window: window(1) }));
    const other = specificationOf(kit, 'otherwise', { window: window(2), options: { interval: 60_000 } });
    const error = await failureOf(client.start(other, { join: true }));
    expect(error.code).toBe('E_TARGET_BUSY');
    expect(error.message).toContain(
      'only what records the same can be joined: your options.interval is 60000, theirs not given',
    );
    expect(error.message).not.toContain('start with --join');
  });

  it('is refused by a session that must end before', async () => {
    const limited = specificationOf(kit, 'limited', { window: { from: inMs(-60_000), maxDuration: '1h' } });
    const { handle } = await client.start(limited);
    await viewOf(handle);
    const error = await failureOf(client.start({ ...limited, window: window(2) }, { join: true }));
    expect(error.code).toBe('E_TARGET_BUSY');
    expect(error.message).toMatch(/maxDuration ends this session/);
  });

  it('asks for the same where its window lies ahead', async () => {
    const ahead = { from: inMs(5 * HOUR), until: inMs(6 * HOUR) };
    const { key, sessionId } = await client.start(specificationOf(kit, 'ahead', { window: ahead }), {
      join: true,
    });
    expect(key).toBe(kit.key('ahead'));
    const { memo } = await kit.world.client.workflow.getHandle(`launch/${sessionId}`).describe();
    expect(memo?.specification).toMatchObject({ policy: { busy: 'extend' } });
  });

  it('waits for a worker like any other command', async () => {
    const alone = await clientKit();
    try {
      const lonely = await alone.connect();
      const mine = specificationOf(alone, 'lonely', { owner: 'team-a' });
      const first = await lonely.start(mine);
      const joined = await lonely.start({ ...mine, owner: 'team-b' }, { join: true });
      expect(joined).toMatchObject({
        joined: true,
        sessionId: first.sessionId,
        note: 'accepted, not applied: no worker',
      });
      await alone.startWorker();
      const view = await until('joined', async () => {
        const status = await first.handle.status();
        return status.view?.claims.length === 2 ? status.view : undefined;
      });
      expect(view.claims.map(({ owner }) => owner)).toEqual(['team-a', 'team-b']);
    } finally {
      await alone.close();
    }
  });
});
