import { describe, expect, it } from 'vitest';
import { agoraKit, APP, MIX, STORAGE, type AgoraKit, type Ids } from './agora-kit.ts';

const mix = { storageConfig: STORAGE, ...MIX };
const acquired = (kit: AgoraKit, cname = 'room', uid = '900') =>
  kit.acquire({}, cname, uid).json.resourceId as string;

describe('a resource id', () => {
  it('lives for five minutes', () => {
    const kit = agoraKit();
    const [good, late] = [acquired(kit, 'room', '1'), acquired(kit, 'room', '2')];
    kit.wait(300_000);
    expect(kit.start(good, 'mix', mix, 'room', '1').status).toBe(200);
    kit.wait(1);
    expect(kit.start(late, 'mix', mix, 'room', '2')).toMatchObject({ status: 400, json: { code: 433 } });
  });

  it('is for one recording only', () => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    kit.stop(ids);
    kit.wait(60_000);
    expect(kit.start(ids.rid, 'mix', mix)).toMatchObject({ json: { code: 433 } });
  });

  it('belongs to its cname, uid and app', () => {
    const other = 'e'.repeat(32);
    const kit = agoraKit({ apps: [{ appId: APP }, { appId: other }] });
    const rid = acquired(kit);
    expect(kit.start(rid, 'mix', mix, 'room', '901')).toMatchObject({ status: 400, json: { code: 432 } });
    expect(kit.start(rid, 'mix', mix, 'hall')).toMatchObject({ json: { code: 432 } });
    const target = `/v1/apps/${other}/cloud_recording/resourceid/${rid}/mode/mix/start`;
    const body = { cname: 'room', uid: '900', clientRequest: mix };
    expect(kit.send('POST', target, body)).toMatchObject({ json: { code: 432 } });
    expect(kit.start('nonsense', 'mix', mix)).toMatchObject({ status: 400, json: { code: 1001 } });
    expect(kit.truth('recording')).toEqual([]);
  });
});

describe('a second start', () => {
  it('is told that the first one runs, without its sid', () => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    const again = kit.start(ids.rid, 'mix', mix);
    expect(again.status).toBe(201);
    expect(again.json).toEqual({ code: 7, reason: 'already started' });
    expect(kit.truth('recording')).toHaveLength(1);
  });

  it('with another resource conflicts, until the first one has exited', () => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    const rid = acquired(kit);
    const conflict = { status: 400, json: { code: 53, reason: 'task conflict' } };
    expect(kit.start(rid, 'mix', mix)).toMatchObject(conflict);
    kit.stop(ids);
    expect(kit.start(rid, 'mix', mix)).toMatchObject(conflict);
    kit.wait(5000);
    expect(kit.start(rid, 'mix', mix).status).toBe(200);
  });

  it('with another uid does not', () => {
    const kit = agoraKit();
    kit.begin('mix');
    expect(kit.start(acquired(kit, 'room', '901'), 'mix', mix, 'room', '901').status).toBe(200);
  });
});

describe('a control call', () => {
  it.each(['update', 'updateLayout', 'stop'])('%s has to name the cname and uid of acquire', (op) => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    expect(kit.call({ ...ids, uid: '901' }, op)).toMatchObject({ status: 400, json: { code: 432 } });
    expect(kit.call({ ...ids, cname: 'hall' }, op)).toMatchObject({ json: { code: 432 } });
  });

  it('has to name the sid of the resource, its app and its mode', () => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    const other = kit.begin('mix', {}, { uid: '901' });
    const query = (more: Partial<Ids>) => kit.query({ ...ids, ...more });
    expect(query({ sid: other.sid })).toMatchObject({ status: 400, json: { code: 1003 } });
    expect(query({ sid: 'f'.repeat(32) })).toMatchObject({ json: { code: 1003 } });
    expect(query({ rid: 'nonsense' })).toMatchObject({ json: { code: 1001 } });
    expect(query({ mode: 'individual' })).toMatchObject({ status: 404, json: { code: 404 } });
    expect(query({}).status).toBe(200);
  });

  it('stands in the truth log with the recording that it means', () => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    kit.query(ids);
    kit.update(ids, { storageConfig: STORAGE });
    kit.call(ids, 'updateLayout', {});
    kit.stop(ids);
    kit.stop(ids);
    const { sid } = ids;
    expect(
      kit.truth('request').map(({ op, verdict, status, recording }) => [op, verdict, status, recording]),
    ).toEqual([
      ['acquire', 'applied', 200, undefined],
      ['start', 'applied', 200, sid],
      ['query', 'applied', 200, sid],
      ['update', 'applied', 200, sid],
      ['updateLayout', 'applied', 200, sid],
      ['stop', 'applied', 206, sid],
      ['stop', 'refused', 400, sid],
    ]);
  });
});
