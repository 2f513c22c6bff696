/** What known channels record now, for a sweep. */
import { describe, expect, it } from 'vitest';
import { naverRecorder } from '../../../src/recorders/naver/adapter.ts';
import { CHANNEL, kit, MINUTE, OTHER, SECOND, T0, type Kit } from './kit.ts';

const KNOWN = [{ channel: CHANNEL }, { channel: OTHER }, { channel: 'ls-20200101000000-Gone1' }];

async function listed(k: Kit, known = KNOWN) {
  const found = await naverRecorder.recordings!(k.context, known);
  k.told.push(found);
  return found;
}

describe('the list of known channels', () => {
  it('finds what records in each that is still there, and nothing else', async () => {
    const k = kit();
    expect(await listed(k)).toEqual([]);
    const { started } = await k.begin();
    k.wait(MINUTE);
    expect(await listed(k)).toMatchObject([
      {
        target: { channel: CHANNEL },
        recording: started.recording,
        name: null,
        since: T0,
        state: 'PUBLISHING recording',
      },
    ]);
    expect(await listed(k, [{ channel: OTHER }])).toEqual([]);
  });

  it('gives a handle by which that is stopped, and no later recording', async () => {
    const k = kit();
    const { take } = await k.begin();
    k.wait(MINUTE);
    const [found] = await listed(k);
    const left = { ...take, handle: found!.handle };
    expect(await k.stop(left)).toMatchObject({ how: 'stopped' });
    expect(await listed(k)).toEqual([]);
    await k.api().startRecord(CHANNEL);
    k.wait(10 * SECOND);
    expect(await k.stop(left)).toMatchObject({ how: 'over' });
    expect(await listed(k)).toHaveLength(1);
  });

  it('is whole or is none', async () => {
    const k = kit();
    await k.begin();
    k.fault('records', 'error-unapplied');
    await expect(listed(k)).rejects.toMatchObject({ failure: { code: 'E_VENDOR_FAULT' } });
  });
});
