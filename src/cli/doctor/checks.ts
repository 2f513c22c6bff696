/** Lines of `doctor`: each check is bounded, and none keeps another from being told. */
import { KeepRollingError } from '../../contract/errors.ts';
import { StorageFailure } from '../../credentials/minted.ts';
import { VendorFailure, type Check } from '../../recorders/recorder.ts';

/** What is asked at the same time, and still answers within 3 s together with the start of the program. */
export const CHECK_MS = 2_300;

export function good(what: string, detail: string): Check {
  return { what, ok: true, detail };
}

export function bad(what: string, detail: string, remedy: string): Check {
  return { what, ok: false, detail, remedy };
}

/** Whatever is thrown becomes a line; `sentence` may only tell what holds no secret. */
export async function bounded(
  what: string,
  work: (signal: AbortSignal) => Promise<Check[]>,
  onError: (error: unknown) => Check,
  ms: number = CHECK_MS,
): Promise<Check[]> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Check[]>((resolve) => {
    timer = setTimeout(() => {
      controller.abort();
      resolve([
        bad(what, `no answer within ${ms / 1000} s`, 'see whether it is up, and reachable from here'),
      ]);
    }, ms);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } catch (error) {
    return [onError(error)];
  } finally {
    clearTimeout(timer);
  }
}

/** A recorder's failures hold no secret, nor do our own; what else is thrown is not quoted. */
export function failed(what: string, error: unknown): Check {
  if (error instanceof VendorFailure)
    return bad(what, error.failure.message, `${error.failure.who} must act`);
  if (error instanceof StorageFailure)
    return bad(what, error.failure.message.replace(/\.$/, ''), `${error.failure.who} must act`);
  if (error instanceof KeepRollingError)
    return bad(what, error.message, 'mend keeprolling.yaml or its environment');
  return bad(
    what,
    `the check failed (${error instanceof Error ? error.name : 'unknown'})`,
    'please report it',
  );
}
