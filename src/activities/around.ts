import type { Recorder } from '../recorders/recorder.ts';

type Data = Record<string, unknown>;
export type AnyRecorder = Recorder<Data, Data, Data>;

const CALLS = [
  'prepare',
  'reserve',
  'start',
  'assert',
  'look',
  'stop',
  'pause',
  'resume',
  'change',
  'refresh',
  'repush',
  'release',
  'files',
] as const;

/** Does the call, and may do something before and after it. */
export type Around = (operation: string, call: () => Promise<unknown>) => Promise<unknown>;

/** The same recorder, each of whose calls goes through `around`. */
export function aroundCalls(recorder: AnyRecorder, around: Around): AnyRecorder {
  const wrapped = CALLS.flatMap((operation) => {
    const call = recorder[operation]?.bind(recorder) as ((...args: never[]) => Promise<unknown>) | undefined;
    if (!call) return [];
    return [[operation, (...args: never[]) => around(operation, () => call(...args))] as const];
  });
  return { ...recorder, ...Object.fromEntries(wrapped) };
}
