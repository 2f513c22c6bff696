/** What the session answers decides what a start that joins is told. */
import { expect, it, vi } from 'vitest';
import { join } from '../../src/client/join.ts';
import type { Context } from '../../src/client/context.ts';
import type { SessionMemo } from '../../src/planning/memo.ts';
import type { Prepared } from '../../src/planning/prepare.ts';
import { specification } from '../cli/kit.ts';
import { failureOf } from './kit.ts';

const answer = vi.hoisted(() => ({ accepted: true, note: null as string | null, status: { ended: false } }));
vi.mock('../../src/client/commands.ts', () => ({ join: () => Promise.resolve(answer) }));

const wanted = { specification: specification(), key: 'ome/x', sessionId: '01A', requestId: null, at: 0 };
const joined = async () =>
  await join({} as Context, wanted as unknown as Prepared, { name: 'cam1' } as SessionMemo);

it('is joined, with what keeps that from being in effect', async () => {
  Object.assign(answer, { accepted: true, note: 'accepted, not applied: no worker' });
  expect(await joined()).toMatchObject({ note: 'accepted, not applied: no worker' });
  Object.assign(answer, { note: null });
  expect(await joined()).toMatchObject({ note: null });
});

it('is not joined where the session has refused it after all, with its reason', async () => {
  Object.assign(answer, { accepted: false, note: 'There are 50 claims already.' });
  const refused = await failureOf(joined());
  expect(refused.code).toBe('E_TARGET_BUSY');
  expect(refused.message).toMatch(/session cam1, which cannot be joined\n {2}There are 50 claims already\./);
  Object.assign(answer, { note: 'The session has ended (completed).', status: { ended: true } });
  expect((await failureOf(joined())).code).toBe('E_SESSION_ENDED');
});
