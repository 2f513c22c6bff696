import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { SubjectRef } from '../../activities/wire.ts';
import type { Watch } from '../../session/events.ts';
import type { Plan } from '../../session/plan.ts';
import { failureOf, looks } from './calls.ts';
import type { Mailbox } from './handlers.ts';

/** One watch at a time: another belief cancels the one before. */
export function watcher(
  plan: Plan,
  subject: SubjectRef,
  mailbox: Mailbox,
): { set(watch: Watch | null): void } {
  let scope: CancellationScope | null = null;

  const look = async (watch: Watch): Promise<void> => {
    const { version } = watch;
    try {
      const report = await looks(plan, watch).watchTakes({ subject, watch });
      mailbox.post({ kind: 'report', version, ...report });
    } catch (error) {
      if (!isCancellation(error)) mailbox.post({ kind: 'watch-lost', version, failure: failureOf(error) });
    }
  };

  return {
    set(watch) {
      scope?.cancel();
      scope = null;
      if (!watch) return;
      scope = new CancellationScope({ cancellable: true });
      void scope.run(() => look(watch));
    },
  };
}
