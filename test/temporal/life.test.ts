import { describe, expect, it } from 'vitest';
import { createOmeEmulator, emulatorDispatcher, systemClock } from '../../src/emulators/index.ts';
import { sessionWorkflowId } from '../../src/session/names.ts';
import type { SessionResult } from '../../src/session/events.ts';
import type { StatusView } from '../../src/session/views.ts';
import { temporalWorld, until } from './world.ts';

const TOKEN = 'CANARY-token-7f3c';

describe('a session on Temporal', () => {
  it('records from a bare start to a stop by signal', async () => {
    const emulator = createOmeEmulator({ clock: systemClock, accessToken: TOKEN });
    emulator.controls['source.start']!({ stream: 'cam1' }, Date.now());
    const world = await temporalWorld({
      account: { vendor: 'ome', url: 'http://127.0.0.1:8081', accessToken: TOKEN },
      dispatcher: emulatorDispatcher(emulator),
    });
    const workers = await world.startWorkers();
    try {
      const id = sessionWorkflowId(`ome/account/default/app/cam1`);
      const handle = await world.client.workflow.start('recording', {
        workflowId: id,
        taskQueue: `${world.prefix}keeprolling`,
        args: [
          {
            specification: {
              name: 'first-light',
              account: 'account',
              target: { app: 'app', stream: 'cam1' },
              window: { from: 'now', length: '1h' },
            },
          },
        ],
      });
      const status = await until('recording', async () => {
        const view = await handle.query<StatusView>('status').catch((error: unknown) => {
          if (/has not begun|not found/i.test(String(error))) return undefined;
          throw error;
        });
        return view?.phase === 'recording' ? view : undefined;
      });
      expect(status.takes).toHaveLength(1);
      await handle.signal('pause', { by: 'tester', reason: 'sponsor' });
      await until('paused', async () => (await handle.query<StatusView>('status')).phase === 'paused');
      await handle.executeUpdate('resume', { args: [{ by: 'tester' }] });
      await handle.signal('stop', { by: 'tester' });
      const result = (await handle.result()) as SessionResult;
      expect(result).toMatchObject({ outcome: 'completed', takes: 2 });
    } finally {
      await workers.stop();
      await world.close();
    }
  });
});
