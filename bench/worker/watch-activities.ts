/** The activity of the bare watch: one request, whose answer is parsed and found to be as ever. */
import { ApplicationFailureCategory } from '@temporalio/common';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Dispatcher } from 'undici';
import { noteLook } from './looks.ts';

export interface WatchLikeInput {
  url: string;
  /** Of the record. */
  id: string;
  everyMs: number;
}

export interface WatchActivities {
  watchLike(input: WatchLikeInput): Promise<void>;
}

let remembers = false;

/** A heartbeat for each look: the server hands its details to the next one. */
export function rememberLooks(): void {
  remembers = true;
}

export function watchActivities(dispatcher: Dispatcher, authorization: string): WatchActivities {
  return {
    async watchLike({ url, id, everyMs }) {
      // As the looks of sessions do: the first over the whole interval, and then within 10 % of it.
      if (Context.current().info.attempt === 1) throw again('the first look comes', everyMs * Math.random());
      noteLook();
      const { statusCode, body } = await dispatcher.request({
        origin: url,
        path: '/v1/vhosts/default/apps/app:records',
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ id }),
      });
      const { response } = (await body.json()) as { response: { state: string }[] };
      if (statusCode !== 200 || response[0]?.state !== 'recording')
        throw ApplicationFailure.nonRetryable(`${id}: ${statusCode} ${JSON.stringify(response)}`);
      const waitMs = everyMs * (0.9 + 0.2 * Math.random());
      if (remembers) {
        const at = Date.now();
        Context.current().heartbeat({ at, recorder: null, lastGood: { 1: at }, nextAt: at + waitMs });
      }
      throw again('recording', waitMs);
    },
  };
}

function again(message: string, delayMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: 'AsBelieved',
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: Math.max(1, Math.round(delayMs)),
  });
}
