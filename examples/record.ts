import { KeepRolling } from 'keeprolling';

const client = await KeepRolling.connect();
try {
  const { handle } = await client.start({
    name: 'cam1',
    account: 'ome-studio',
    target: { app: 'app', stream: 'cam1' },
    window: { from: 'now', length: '2h' },
  });
  for await (const { view } of handle.watch()) if (view?.takes[0]?.evidence === 'observed') break;
  await handle.pause({ by: 'director', reason: 'sponsor', for: '10m' });
  await handle.resume({ by: 'director' });
  await handle.stop({ by: 'director', reason: 'the show is over' });
  const { outcome, verdict, takes } = await handle.result();
  const { gaps } = await handle.coverage();
  console.log(outcome, verdict, `${takes} takes,`, `gaps: ${gaps.map((gap) => gap.cause).join(', ')}`);
} finally {
  await client.close();
}
