import { expect, it } from 'vitest';
import { VendorFailure } from '../../../src/recorders/recorder.ts';
import { agoraQuotas } from '../../../src/recorders/agora/traits.ts';
import { kit } from './kit.ts';

it('waits for its turn before each request', async () => {
  const k = kit();
  const order: string[] = [];
  const answers = k.answers.bind(k);
  k.context.turn = async (quota) => void (await Promise.resolve(order.push(quota)));
  k.answers = (request, answer) => {
    order.push('request');
    return answers(request, answer);
  };
  const { take } = await k.begin();
  await k.look(take);
  await k.stop(take);
  expect(order.length).toBeGreaterThanOrEqual(8);
  expect(order).toEqual(order.map((_, n) => (n % 2 === 0 ? 'requests' : 'request')));
  expect(agoraQuotas.map(({ name }) => name)).toEqual(['requests']);
});

it('sends nothing where its turn does not come', async () => {
  const k = kit();
  const failure = {
    code: 'E_VENDOR_THROTTLED',
    message: 'no turn.',
    who: 'keeprolling',
    applied: 'no',
    retry: 1_000,
    cause: 'vendor-fault',
  } as const;
  k.context.turn = () => Promise.reject(new VendorFailure(failure));
  await expect(k.reserve(k.name())).rejects.toMatchObject({ failure });
  expect(k.sent).toEqual([]);
});
