import { describe, expect, it } from 'vitest';
import { naverCallbacks } from '../../../src/recorders/naver/callbacks.ts';
import { kit, type Kit, failureFrom } from './kit.ts';

const OURS = 'https://hooks.example.com/callbacks/naver-prod/canary-path-secret-0123456789';
const THEIRS = 'https://others.example.com/live?key=canary-theirs';
const wish = { address: OURS, domains: [] };
const setup = naverCallbacks.setup!;

const check = async (k: Kit) => (await k.hear(setup.check(k.context, wish)))[0]!;
const install = async (k: Kit, replace = false) =>
  (await k.hear(setup.install(k.context, { ...wish, replace })))[0]!;
const remove = async (k: Kit) => (await k.hear(setup.remove(k.context, wish)))[0]!;

describe('the default callback endpoint', () => {
  it('is missing, set, and then as wanted', async () => {
    const k = kit();
    expect(await check(k)).toMatchObject({ state: 'missing' });
    expect(await install(k)).toMatchObject({ state: 'as-wanted', differences: [] });
    expect((await k.api().callbackEndpoint()).value).toBe(OURS);
    k.sent.length = 0;
    expect(await install(k)).toMatchObject({ state: 'as-wanted' });
    expect(k.sent.map(({ method }) => method)).toEqual(['GET']);
  });

  it('of others is kept, and told by its host alone', async () => {
    const k = kit({ callbackUrl: THEIRS });
    const found = await install(k);
    expect(found).toMatchObject({ state: 'of-others' });
    expect(found.differences[0]).toContain('others.example.com');
    expect((await k.api().callbackEndpoint()).value).toBe(THEIRS);
  });

  it('of others is replaced where that is asked', async () => {
    const k = kit({ callbackUrl: THEIRS });
    expect(await install(k, true)).toMatchObject({
      state: 'as-wanted',
      differences: ['the endpoint of others was replaced'],
    });
    expect((await k.api().callbackEndpoint()).value).toBe(OURS);
  });

  it('of ours with another path is set right', async () => {
    const k = kit({ callbackUrl: `${OURS}-of-last-year` });
    expect(await check(k)).toMatchObject({ state: 'differs' });
    expect(await install(k)).toMatchObject({ state: 'as-wanted' });
  });

  it('of others is not removed', async () => {
    const k = kit({ callbackUrl: THEIRS });
    expect(await remove(k)).toMatchObject({ state: 'of-others' });
    expect((await k.api().callbackEndpoint()).value).toBe(THEIRS);
  });

  it('that cannot be emptied is told as one for the console', async () => {
    const k = kit({ callbackUrl: OURS });
    k.answers = (request, said) => {
      if (request.method === 'GET') return said();
      const body = JSON.stringify({ error: { errorCode: 250_002, message: 'callbackUrl: invalid value.' } });
      return { kind: 'response', response: { status: 400, headers: {}, body }, delayMs: 0 };
    };
    expect(await failureFrom(remove(k))).toMatchObject({
      code: 'E_VENDOR_REFUSED',
      who: 'you',
      message: expect.stringContaining('console'),
    });
  });

  it('that takes an empty address is gone then', async () => {
    const k = kit();
    let url: string | undefined = OURS;
    k.answers = (request) => {
      if (request.method === 'POST') url = undefined;
      const body = JSON.stringify({ content: { callbackUrl: url ?? '' } });
      return { kind: 'response', response: { status: 200, headers: {}, body }, delayMs: 0 };
    };
    expect(await remove(k)).toMatchObject({ state: 'missing' });
  });

  it('that is not found counts as none', async () => {
    const k = kit();
    k.answers = () => ({
      kind: 'response',
      response: { status: 404, headers: {}, body: '{"error":{"errorCode":"250004","message":"not found"}}' },
      delayMs: 0,
    });
    expect(await check(k)).toMatchObject({ state: 'missing' });
  });
});
