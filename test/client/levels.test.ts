import { afterAll, beforeAll, expect, it } from 'vitest';
import { directoryArchive } from '../../src/archive/archive.ts';
import { markerOf, toldIn } from '../../src/archive/marker.ts';
import { levelsInUse } from '../../src/client/levels.ts';
import { ACTIVITIES, pollersOf } from '../../src/client/pollers.ts';
import { reachOf, type Reach } from '../../src/client/reach.ts';
import { BEHAVIOUR } from '../../src/session/begin.ts';
import { until } from '../temporal/world.ts';
import { clientKit, specificationOf, type ClientKit } from './kit.ts';

let kit: ClientKit;
let reach: Reach;

beforeAll(async () => {
  kit = await clientKit();
  reach = reachOf(kit.world.settings, {}, { payloadCodecs: [] });
});
afterAll(async () => {
  await reach.close();
  await kit.close();
});

it('the levels in use are those of open sessions alone, as their memos tell', async () => {
  const client = await kit.connect();
  const levels = async () => await levelsInUse({ settings: kit.world.settings, reach });
  const { handle } = await client.start(specificationOf(kit, 'levelled'));
  const fresh = await until('listed', async () => {
    const found = await levels();
    return found.untold.length > 0 && found;
  });
  expect(fresh).toEqual({ open: new Map(), untold: ['levelled'], cut: false });
  await kit.startWorker();
  const begun = await until('begun', async () => {
    const found = await levels();
    return found.open.size > 0 && found;
  });
  expect(begun).toEqual({ open: new Map([[BEHAVIOUR, ['levelled']]]), untold: [], cut: false });
  await handle.stop();
  await until('closed', async () => (await levels()).open.size === 0);
});

it('a worker tells its installation and the mark of its archive to whoever describes its queue', async () => {
  await kit.startWorker();
  const pollers = await until('polling', async () => {
    const found = await pollersOf(reach, `${kit.world.prefix}keeprolling`, ACTIVITIES);
    return found.length > 0 && found;
  });
  expect(pollers.map((one) => toldIn(one.identity))).toEqual([
    {
      worker: expect.stringMatching(/^\d+@\S+$/),
      mark: await markerOf(directoryArchive(kit.archive)),
      installation: 'test01',
    },
  ]);
});
