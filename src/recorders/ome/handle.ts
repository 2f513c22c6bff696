/** What later calls need to name a record, and how it is found again when the start was never answered. */
import type { Json } from '../../session/facts.ts';
import type { OmeAccount, OmeOptions, OmeTarget } from '../../contract/vendors/ome.ts';
import type { RecorderContext, Subject, TakeInQuestion } from '../recorder.ts';
import { createOmeApi } from './api.ts';
import type { OmeApi, OmeApp } from './api.ts';
import type { Sight } from './sight.ts';
import { pathTemplates, recordId } from './names.ts';

export type OmeContext = RecorderContext<OmeAccount>;
export type OmeSubject = Subject<OmeTarget, OmeOptions>;

export interface OmeHandle {
  id: string;
  vhost: string;
  app: string;
  /** The output stream that is recorded. */
  output: string;
  /** The output's name was not given and could not be asked for: the input's name was taken. */
  assumed?: true;
  /** Path template as sent. */
  filePath: string;
  /** When OvenMediaEngine made the task, on our clock. */
  createdAt: number;
  /** How far its clock is ahead of ours, in ms; only when that is more than 2 s. */
  skewMs?: number;
}

export function handleOf(context: OmeContext, subject: OmeSubject, take: TakeInQuestion): OmeHandle {
  const told = take.handle;
  if (typeof told === 'object' && told !== null && !Array.isArray(told) && typeof told['id'] === 'string') {
    return told as unknown as OmeHandle;
  }
  const { vhost, app, stream, output } = subject.target;
  return {
    id: recordId(take.name),
    vhost,
    app,
    output: output ?? stream,
    ...(output === undefined && { assumed: true as const }),
    filePath: pathTemplates(context.account.filePrefix, subject.options.container).filePath,
    createdAt: take.name.at,
  };
}

/** A handle is plain data without undefined members; an interface only lacks the index signature of `Json`. */
export function asJson(handle: OmeHandle): Json {
  return handle as unknown as Json;
}

export function apiOf(context: OmeContext): OmeApi {
  const { url, accessToken } = context.account;
  return createOmeApi({ url, accessToken, dispatcher: context.dispatcher });
}

export function appOf(target: OmeTarget): OmeApp {
  return { vhost: target.vhost, app: target.app };
}

export function sightOf(
  handle: OmeHandle,
  subject: OmeSubject,
  take: number,
  now: number,
  belief?: string,
): Sight {
  const { interval, schedule } = subject.options;
  return {
    take,
    now,
    skewMs: handle.skewMs ?? 0,
    splits: interval !== undefined || schedule !== undefined,
    files: { id: handle.id, template: handle.filePath },
    ...(belief !== undefined && { belief }),
  };
}

/**
 * Several calls must fit into the 30 s that one write has: questions on the way are short, and a write may take as
 * long as OvenMediaEngine needs to finalise a large file within the request.
 */
export const QUESTION = { timeoutMs: 3_000, deadlineMs: 4_000 };
export const WRITE = { timeoutMs: 10_000, deadlineMs: 15_000 };
