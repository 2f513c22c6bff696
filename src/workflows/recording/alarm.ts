import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** One timer for the earliest due time, armed anew only when that moves. */
export function alarm(ring: () => void): { set(at: number | null): void } {
  let armedFor: number | null = null;
  let scope: CancellationScope | null = null;

  const wait = async (at: number): Promise<void> => {
    try {
      await sleep(Math.max(1, at - Date.now()));
    } catch (error) {
      if (isCancellation(error)) return;
      throw error;
    }
    if (armedFor !== at) return;
    armedFor = null;
    ring();
  };

  return {
    set(at) {
      if (at === armedFor) return;
      scope?.cancel();
      scope = null;
      armedFor = at;
      if (at === null) return;
      scope = new CancellationScope({ cancellable: true });
      void scope.run(() => wait(at));
    },
  };
}
