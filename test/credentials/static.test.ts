import { expect, it } from 'vitest';
import { cloudKit, failureOf, HOUR_MS, KEY, NEED, T0 } from './kit.ts';

const lasting = { provider: 'static', ...KEY };
const ending = (expiresAt: string) => ({ ...lasting, token: 'CANARY-token', expiresAt });

it('gives keys without an end, whatever life is asked for', async () => {
  const kit = cloudKit();
  const minted = await kit.access({ credentials: lasting }).mint({ ...NEED, minLifeMs: 1000 * HOUR_MS });
  expect(minted).toEqual({ ...KEY, life: null });
  expect(kit.access({ credentials: lasting }).place.shortLived).toBe(false);
  expect(kit.ops()).toEqual(['PutObject 200']);
});

it('gives keys with an end while it is far enough', async () => {
  const credentials = ending('2026-01-01T20:00:00+02:00');
  const kit = cloudKit();
  const minted = await kit.access({ credentials, probe: 'off' }).mint(NEED);
  expect(minted.life).toMatchObject({ mintedAt: T0, expiresAt: T0 + 6 * HOUR_MS });
  kit.clock.advance(2 * HOUR_MS + 1);
  expect((await failureOf(kit.access({ credentials, probe: 'off' }))).message).toBe(
    'place: its credentials have 3h59m59s of life left, and 4h are needed: write longer-lived ones, and their expiresAt, where they stand.',
  );
  kit.clock.advance(4 * HOUR_MS);
  expect((await failureOf(kit.access({ credentials, probe: 'off' }))).message).toContain('have expired');
});

it('gives none where the destination has none, and says what is missing', async () => {
  const kit = cloudKit();
  const access = kit.access({ cloud: 'naver', credentials: undefined });
  expect(access.place).toMatchObject({ hasCredentials: false, shortLived: false, lifeMs: null });
  expect(await failureOf(access)).toMatchObject({
    code: 'E_DESTINATION',
    message:
      'place: it has no credentials, and they are needed here: say under `credentials` where they come from.',
    who: 'you',
  });
  expect(kit.ops()).toEqual([]);
});

it('sees a token that does not fit by the probe', async () => {
  const failure = await failureOf(cloudKit().access({ credentials: ending('2027-01-01T00:00:00Z') }));
  expect(failure).toMatchObject({ cause: 'credentials', vendor: { code: 'InvalidToken' } });
});
