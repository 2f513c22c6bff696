export interface Repeated {
  /** Waits for the turn that is under way. */
  stop: () => Promise<void>;
}

/** Does something now and again, the next turn `everyMs` after the former one has ended. It keeps no process alive. */
export function repeat(everyMs: number, turn: () => Promise<void>, firstMs = 0): Repeated {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let underWay: Promise<void> = Promise.resolve();
  const wait = (ms: number): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      underWay = turn()
        .catch(() => undefined)
        .then(() => wait(everyMs));
    }, ms);
    timer.unref();
  };
  wait(firstMs);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
