/** Records the histories of test/histories/ and their README. Run by hand, see record.config.ts. */
import { afterAll, expect, it } from 'vitest';
import type { Client, WorkflowHandle } from '@temporalio/client';
import {
  filesWorkflowId,
  launchWorkflowId,
  notifyWorkflowId,
  sessionWorkflowId,
  troublesWorkflowId,
} from '../../src/session/names.ts';
import type { SessionResult } from '../../src/session/events.ts';
import type { LaunchInput, LaunchView } from '../../src/workflows/definitions.ts';
import { playOnTemporal } from '../contract/players.ts';
import { SCENARIOS } from '../contract/scenarios.ts';
import { createHttpAgent } from '../../src/recorders/http.ts';
import { listen } from '../notify/listener.ts';
import { syntheticVendor } from '../synthetic/vendor.ts';
import { runsOf, type History } from '../temporal/histories.ts';
import { skippingWorld, type SkippingOptions, type SkippingWorld } from '../temporal/skipping.ts';
import { until } from '../temporal/world.ts';
import { keep, keepReadme, levelsOf } from './kept.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const rows: string[] = [];

function save(file: string, what: string, history: History): void {
  keep(`${file}.json`, history);
  const type = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name;
  rows.push(`| [${file}](${file}.json) | \`${type}\` | ${what} | ${levelsOf(history).join(', ') || '-'} |`);
}

/** All runs of a session, and of its files workflow. */
async function saveSession(
  client: Client,
  file: string,
  what: string,
  firstRunId: string,
  result: SessionResult,
): Promise<void> {
  const runs = await runsOf(client, sessionWorkflowId(result.key), firstRunId);
  runs.forEach((run, index) => {
    const which = runs.length === 1 ? '' : `-run-${index + 1}`;
    save(
      `${file}${which}`,
      runs.length === 1 ? what : `${what}: run ${index + 1} of ${runs.length}`,
      run.history,
    );
  });
}

const KEPT: Record<string, string> = {
  'a plain window': 'plain',
  'a pause and its end by command': 'pause',
  'a native pause inside one take': 'native-pause',
  "a vendor's rule about the next start": 'restart-gap',
  'a source that drops and returns, which the take survives': 'drop',
  'a source that drops and returns, which ends the take': 'drop-ends-take',
  'a recording that the recorder forgets': 'forgotten',
  'a recorder that hides a recording while it fails over': 'failover',
  'a start that nothing proves': 'no-proof',
  'lost replies to the start and to the stop': 'lost-replies',
  'a source that comes late, to a recorder that needs it': 'late-source',
  'a source that never comes, with a policy that fails': 'never',
  'an overrun that ends with the source': 'overrun',
  'a window that is extended': 'extended',
  'a limit that no extension moves': 'limit',
  'a cancel of the workflow, which is a stop': 'cancel',
  'a refresh of credentials every hour for a day': 'refresh',
  'a take that the vendor would end, followed by the next one before': 'hand-over',
  'a change of who is recorded, also in the take that follows': 'change',
  'a start under a reservation whose reply is lost': 'reserved-lost',
  'a drop that callbacks tell of and no look sees': 'told-drop',
  'a recorder that is lost while work on it is announced': 'maintenance',
  'Huawei: a rule made ahead, a short drop and a long one, a pause that costs 10 s': 'rule-and-drops',
  'ApsaraVideo: a pause of its own, and a drop that ends the recording': 'own-pause-and-drop',
  'NAVER: a drop that ends the recording, and a start whose reply is lost': 'drop-ends-it',
  'OvenMediaEngine: a source that drops and returns': 'ome-drop',
  'OvenMediaEngine: a pause, and a restart that forgets': 'ome-restart',
};

it.each(Object.entries(KEPT))('%s', async (name, file) => {
  const scenario = SCENARIOS.find((one) => one.name === name)!;
  const played = await playOnTemporal(scenario, async (client, firstRunId, result) => {
    await saveSession(client, file, name, firstRunId, result);
    if (file !== 'ome-restart') return;
    const files = await client.workflow.getHandle(filesWorkflowId(result.sessionId)).fetchHistory();
    save('files', 'the ledger and the files of a session of three takes', files);
  });
  expect(played.faults).toEqual([]);
});

type Play = (world: SkippingWorld, begunAt: number) => Promise<void>;

/** Each records at least one history. */
function record(name: string, play: Play): void {
  // oxlint-disable-next-line vitest/valid-title -- the title is a string, by its type
  it(name, async () => {
    const before = rows.length;
    await synthetic(play);
    expect(rows.length).toBeGreaterThan(before);
  });
}

async function synthetic(play: Play, more: Partial<SkippingOptions> = {}): Promise<void> {
  const vendor = syntheticVendor();
  const world = await skippingWorld({
    registry: new Map([['synthetic', vendor.vendor]]),
    account: { vendor: 'synthetic', secret: 'CANARY-synthetic' },
    looks: { every: '5m' },
    ...more,
  });
  try {
    const begunAt = await world.clock.sync();
    vendor.source('news', true, begunAt);
    await play(world, begunAt);
  } finally {
    await world.close();
  }
}

const KEY_OF_OPS = `whsec_${'A'.repeat(44)}`;
const KEY = 'synthetic/account/news';
const specification = (window: Record<string, unknown>): Record<string, unknown> => ({
  name: 'recorded',
  account: 'account',
  target: { channel: 'news' },
  window,
});
const start = async (world: SkippingWorld, input: Record<string, unknown>) =>
  await world.client.workflow.start('recording', {
    workflowId: sessionWorkflowId(KEY),
    taskQueue: 'keeprolling',
    args: [input],
  });

record('a session of three runs', async (world, begunAt) => {
  const handle = await start(world, {
    specification: specification({ from: 'now', length: '150m' }),
    renewAfterMs: HOUR,
  });
  await world.sleepUntil(begunAt + 50 * MINUTE);
  await handle.signal('pause', { by: 'director', until: new Date(begunAt + 70 * MINUTE).toISOString() });
  const result = (await handle.result()) as SessionResult;
  await saveSession(world.client, 'renewal', 'a pause over a renewal', handle.firstExecutionRunId, result);
});

record('updates and refusals', async (world, begunAt) => {
  const handle = await start(world, { specification: specification({ from: 'now', length: '1h' }) });
  await world.sleepUntil(begunAt + MINUTE);
  await handle.executeUpdate('pause', { args: [{ by: 'director', id: 'p' }] });
  await handle.executeUpdate('pause', { args: [{ by: 'director', id: 'p' }] });
  await handle.executeUpdate('extend', { args: [{ until: '2020-01-01T00:00:00Z' }] }).catch(() => null);
  await handle.executeUpdate('resume', { args: [{ by: 'director' }] });
  await handle.signal('pause', 'nonsense');
  await handle.signal('recorderEvent', { id: 'e', at: begunAt, kind: 'source-up' });
  await handle.executeUpdate('stop', { args: [{ by: 'director' }] });
  const result = (await handle.result()) as SessionResult;
  await saveSession(
    world.client,
    'updates',
    'updates, a doubled id, and mistakes',
    handle.firstExecutionRunId,
    result,
  );
});

record('a session that is refused', async (world) => {
  const handle = await start(world, { specification: specification({ from: 'now' }) });
  await handle.result().catch(() => null);
  save('refused', 'a specification without an end', await handle.fetchHistory());
});

record('an archive that fails for a while', async (world, begunAt) => {
  const handle = await start(world, { specification: specification({ from: 'now', length: '1h' }) });
  world.archive.down = true;
  await world.sleepUntil(begunAt + 10 * MINUTE);
  world.archive.down = false;
  const result = (await handle.result()) as SessionResult;
  await saveSession(
    world.client,
    'archive-down',
    'the archive fails for 10 min',
    handle.firstExecutionRunId,
    result,
  );
  const files = world.client.workflow.getHandle(filesWorkflowId(result.sessionId));
  await files.result();
  save('files-archive-down', 'the archive fails for 10 min', await files.fetchHistory());
});

/**
 * Answers how many notifications came. The server skips no more once a child that was left alone has ended, so each has
 * a server of its own.
 */
async function told(play: Play, more: Record<string, unknown> = {}): Promise<number> {
  const listener = await listen();
  const dispatcher = createHttpAgent();
  const receivers = { ops: { url: listener.url, keys: KEY_OF_OPS } };
  try {
    await synthetic(play, { configuration: { receivers, ...more }, dispatcher });
    return listener.taken().length;
  } finally {
    await dispatcher.close();
    await listener.close();
  }
}

it('a session that tells a receiver', async () => {
  const notices = await told(async (world) => {
    const telling = { ...specification({ from: 'now', length: '1h' }), notify: ['ops'] };
    const handle = await start(world, { specification: telling });
    const result = (await handle.result()) as SessionResult;
    await saveSession(world.client, 'told', 'a receiver is told of it', handle.firstExecutionRunId, result);
    const notifier = world.client.workflow.getHandle(notifyWorkflowId(result.sessionId, 'ops'));
    await notifier.result();
    save('notify', 'what became of the files of a session that has closed', await notifier.fetchHistory());
  });
  expect(notices).toBeGreaterThan(5);
});

it('a trouble of two sessions', async () => {
  const scope = 'account/account';
  const notices = await told(
    async (world, begunAt) => {
      const tell = async (session: number, state: 'on' | 'off'): Promise<void> => {
        const trouble = { scope, state, code: 'E_VENDOR_AUTH', who: 'you', text: 'The key is refused.' };
        await world.client.workflow.signalWithStart('troubles', {
          workflowId: troublesWorkflowId(scope),
          taskQueue: 'keeprolling',
          args: [{ installation: 'test01', scope }],
          signal: 'trouble',
          signalArgs: [
            {
              sessionId: `s${session}`,
              name: `webinar-${session}`,
              workflowId: `recording/${session}`,
              trouble: { ...trouble, since: begunAt, deadline: null },
            },
          ],
        });
      };
      await tell(1, 'on');
      await tell(2, 'on');
      await world.sleepUntil(begunAt + MINUTE);
      await tell(1, 'off');
      await tell(2, 'off');
      const troubles = world.client.workflow.getHandle(troublesWorkflowId(scope));
      await troubles.result();
      save('troubles', 'two sessions whose account is refused for a minute', await troubles.fetchHistory());
    },
    { notify: ['ops'] },
  );
  expect(notices).toBe(2);
});

/** The window of a launcher, in epoch milliseconds. */
const between = (from: number, end: number, more: object = {}): Record<string, unknown> => ({
  ...specification({ from: isoAt(from), until: isoAt(end) }),
  ...more,
});
const isoAt = (at: number): string => new Date(at).toISOString();

let launched = 0;

async function launch(
  world: SkippingWorld,
  of: Record<string, unknown>,
  more: Partial<LaunchInput> = {},
): Promise<WorkflowHandle> {
  launched += 1;
  const sessionId = `01ARZ3NDEKTSV4RRFFQ69G5FA${launched}`;
  return await world.client.workflow.start('launch', {
    workflowId: launchWorkflowId(sessionId),
    taskQueue: 'keeprolling',
    args: [{ specification: of, ...(!more.schedule && { sessionId }), ...more } satisfies LaunchInput],
  });
}

/** From the first word between two workflows on this server its time may be the real one: there is little to wait for. */
async function phase(handle: WorkflowHandle, wanted: LaunchView['phase'] | 'recording'): Promise<void> {
  await until(wanted, async () => {
    const view = await handle.query<{ phase: string }>('status').catch(() => null);
    return view?.phase === wanted;
  });
}

record('launchers of windows that lie ahead', async (world, begunAt) => {
  const [first, second] = [begunAt + HOUR, begunAt + 5 * HOUR];
  const starts = await launch(world, between(first, first + HOUR, { name: 'starts' }));
  const cancelled = await launch(world, between(second, second + HOUR, { name: 'cancelled' }));
  await world.sleepUntil(begunAt + 10 * MINUTE);
  await cancelled.signal('stop', { by: 'director' });
  await cancelled.result();
  await starts.result();
  save('launch', 'a window in an hour, and its session starts', await starts.fetchHistory());
  save('launch-cancelled', 'stopped before its window', await cancelled.fetchHistory());
});

record('a launcher whose window is moved', async (world, begunAt) => {
  const moved = await launch(world, between(begunAt + HOUR, begunAt + 2 * HOUR, { name: 'moved' }));
  await phase(moved, 'scheduled');
  const [from, later] = [isoAt(begunAt + 30 * MINUTE), isoAt(begunAt + 40 * MINUTE)];
  await moved.executeUpdate('reschedule', { args: [{ from, by: 'director' }] });
  await moved.signal('reschedule', { from: later });
  await moved.executeUpdate('extend', { args: [{ until: isoAt(begunAt + 3 * HOUR) }] });
  await moved.executeUpdate('extend', { args: [{ until: from }] }).catch(() => null);
  await moved.result();
  save('launch-moved', 'moved by update and signal, and extended', await moved.fetchHistory());
});

record('a launcher that finds the target busy', async (world, begunAt) => {
  const first = await start(world, { specification: specification({ from: 'now', length: '1h' }) });
  await world.sleepUntil(begunAt + 30 * MINUTE);
  const half = between(begunAt + 20 * MINUTE, begunAt + HOUR, { name: 'busy' });
  const busy = await launch(world, half);
  await phase(busy, 'busy');
  await first.signal('stop', { by: 'director' });
  await busy.result();
  const { firstExecutionRunId } = first;
  const result = (await first.result()) as SessionResult;
  const what = 'another window waits until it is stopped';
  await saveSession(world.client, 'neighbour-waits', what, firstExecutionRunId, result);
  save('launch-busy', 'the target is busy when the window begins, and is freed', await busy.fetchHistory());
  const heir = world.client.workflow.getHandle(sessionWorkflowId(KEY));
  await phase(heir, 'recording');
  await heir.signal('stop', { by: 'director' });
  await heir.result();
  save('neighbour-takes-over', 'begins when another one has ended', await heir.fetchHistory());
});

record('a launcher whose window another session covers', async (world, begunAt) => {
  const first = await start(world, { specification: specification({ from: 'now', length: '1h' }) });
  await world.sleepUntil(begunAt + 30 * MINUTE);
  const over = (await world.clock.sync()) + 30_000;
  const wish = { name: 'joined', policy: { busy: 'extend' } };
  const joined = await launch(world, between(begunAt + 20 * MINUTE, over, wish));
  await phase(joined, 'joined');
  const ofBob = { by: 'bob', until: isoAt(begunAt + 2 * HOUR) };
  await first.executeUpdate('join', { args: [{ ...ofBob, name: 'of bob' }] });
  await first.executeUpdate('stop', { args: [{ by: 'cleo' }] }).catch(() => null);
  await first.signal('stop', { by: 'bob' });
  await joined.result();
  await first.executeUpdate('stop', { args: [{ by: 'director', all: true }] });
  const result = (await first.result()) as SessionResult;
  const { firstExecutionRunId } = first;
  await saveSession(world.client, 'claims', 'a window and a team join it', firstExecutionRunId, result);
  save('launch-joined', 'another session records the window too', await joined.fetchHistory());
});

it('a launcher of a schedule', async () => {
  await synthetic(async (world, begunAt) => {
    // Far from any window of its own: it is asked for, and is a window from then on.
    const { window: _window, ...rest } = specification({});
    const [at, end] = [6, 7].map((hours) => isoAt(begunAt + hours * HOUR).slice(11, 16));
    const scheduled = { ...rest, name: 'scheduled', schedule: { at, until: end, zone: 'UTC' } };
    const schedule = { id: 'keeprolling/test01/scheduled', pauseOnFailure: true };
    const handle = await launch(world, scheduled, { schedule });
    expect(await handle.result()).toMatchObject({ outcome: 'ended', result: { outcome: 'completed' } });
    save('launch-schedule', 'of a schedule: open until its session has ended', await handle.fetchHistory());
  });
});

afterAll(() => {
  keepReadme(`# Recorded histories

Each file is one run of a workflow, recorded on the time-skipping test server, and replayed by
\`test/replay/replay.test.ts\` against the workflows as they are now. A replay that fails means that sessions which run
while a new release is rolled out would be stuck: raise \`BEHAVIOUR\` in \`src/session/begin.ts\` and keep the old rules
beside the new ones, rather than recording anew.

Recorded anew, with this README, by one command (before a release has gone out, or for new kinds of scenarios):

\`\`\`
npx vitest run --config test/replay/record.config.ts
\`\`\`

Histories of a level go when \`OLDEST_BEHAVIOUR\` is raised past it, in the same commit.

| history | workflow | what happened | behaviour |
| --- | --- | --- | --- |
${rows.toSorted().join('\n')}
`);
});
