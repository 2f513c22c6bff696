/**
 * A typed client of Huawei Cloud Live's recording, usable on its own (`keeprolling/huawei`). A request is checked whole
 * before it leaves (`KeepRollingError` E_SPEC_INVALID), and sent once. A refusal is thrown as a `HuaweiRefusal` whose
 * `failure` says who must act, whether a repetition helps, and whether the call may have taken effect. Every answer has
 * the vendor's `requestId`, which is all that a 200 of a command gives. No secret of the request is in an error.
 *
 * Sources: the vendor's pages "Live, API reference" (2026-04) and its Python client 3.1.219.
 */
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { problemsOf, refuse } from '../../contract/problems.ts';
import type { HuaweiRegion } from '../../contract/vendors/huawei.ts';
import {
  callbackSchema,
  commandSchema,
  historySchema,
  indexSchema,
  listCallbacksSchema,
  listContentsSchema,
  listRulesSchema,
  listStreamsSchema,
  notificationSchema,
  ruleSchema,
  streamSchema,
  type HuaweiCallbackFields,
  type HuaweiCommand,
  type HuaweiIndexFields,
  type HuaweiListCallbacks,
  type HuaweiListContents,
  type HuaweiListHistory,
  type HuaweiListRules,
  type HuaweiListStreams,
  type HuaweiNotificationFields,
  type HuaweiRuleFields,
  type HuaweiStreamName,
} from '../../contract/vendors/huawei/requests.ts';
import { createHttpAgent } from '../http.ts';
import { authSource, type HuaweiCredentials } from './credentials.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { exchange, inPath, type Access, type HuaweiCallOptions } from './request.ts';
import {
  callbackReply,
  callbacksReply,
  contentsReply,
  historyReply,
  indexReply,
  notificationReply,
  ruleReply,
  rulesReply,
  streamsReply,
  type HuaweiCallback,
  type HuaweiContents,
  type HuaweiHistory,
  type HuaweiIndex,
  type HuaweiNotification,
  type HuaweiRule,
  type HuaweiStream,
} from './wire.ts';

export { VendorFailure } from '../recorder.ts';
export type { HuaweiRegion } from '../../contract/vendors/huawei.ts';
export type {
  HuaweiCallbackFields,
  HuaweiCommand,
  HuaweiIndexFields,
  HuaweiListCallbacks,
  HuaweiListContents,
  HuaweiListHistory,
  HuaweiListRules,
  HuaweiListStreams,
  HuaweiNotificationFields,
  HuaweiRuleFields,
  HuaweiStreamName,
} from '../../contract/vendors/huawei/requests.ts';
export type { HuaweiCredentials, TemporaryCredentials } from './credentials.ts';
export { HuaweiRefusal } from './errors.ts';
export type { Refusal } from './errors.ts';
export type { HuaweiCallOptions } from './request.ts';
export { huaweiInstant } from './wire.ts';
export type {
  HuaweiCallback,
  HuaweiContents,
  HuaweiHistory,
  HuaweiIndex,
  HuaweiNotification,
  HuaweiRule,
  HuaweiStream,
} from './wire.ts';

export interface HuaweiApiOptions {
  /** Makes the host, `live.<region>.myhuaweicloud.com`. */
  region?: HuaweiRegion;
  /** Instead of the region's host. */
  url?: string;
  projectId: string;
  credentials: HuaweiCredentials;
  /** Default: one of its own. */
  dispatcher?: Dispatcher;
  /** Epoch milliseconds; the machine's clock by default. */
  now?: () => number;
  /** Awaited just before a request is signed, with the quota on which it counts. */
  turn?: (quota: string) => Promise<void>;
}

/** The vendor's name of the request, where it gave one. */
export interface Answered {
  requestId?: string;
}

export interface HuaweiApi {
  /** `POST record/control?action=`. 200 says only that it was accepted; what it did, callbacks tell. */
  control(command: HuaweiCommand, how?: HuaweiCallOptions): Promise<Answered>;
  /** `GET record/rules`: 10 unless `limit` says, at most 100. */
  listRules(
    query: HuaweiListRules,
    how?: HuaweiCallOptions,
  ): Promise<{ total?: number; rules: HuaweiRule[] } & Answered>;
  /** `POST record/rules`. It counts for pushes that begin afterwards. */
  createRule(rule: HuaweiRuleFields, how?: HuaweiCallOptions): Promise<{ rule: HuaweiRule } & Answered>;
  getRule(id: string, how?: HuaweiCallOptions): Promise<{ rule: HuaweiRule } & Answered>;
  /** `PUT record/rules/{id}`: the whole rule. */
  updateRule(
    id: string,
    rule: HuaweiRuleFields,
    how?: HuaweiCallOptions,
  ): Promise<{ rule: HuaweiRule } & Answered>;
  deleteRule(id: string, how?: HuaweiCallOptions): Promise<Answered>;
  /** `GET realtime/streams`: what is being pushed now. */
  listStreams(
    query: HuaweiListStreams,
    how?: HuaweiCallOptions,
  ): Promise<{ total?: number; streams: HuaweiStream[] } & Answered>;
  listCallbacks(
    query: HuaweiListCallbacks,
    how?: HuaweiCallOptions,
  ): Promise<{ total?: number; callbacks: HuaweiCallback[] } & Answered>;
  createCallback(
    callback: HuaweiCallbackFields,
    how?: HuaweiCallOptions,
  ): Promise<{ callback: HuaweiCallback } & Answered>;
  getCallback(id: string, how?: HuaweiCallOptions): Promise<{ callback: HuaweiCallback } & Answered>;
  updateCallback(
    id: string,
    callback: HuaweiCallbackFields,
    how?: HuaweiCallOptions,
  ): Promise<{ callback: HuaweiCallback } & Answered>;
  deleteCallback(id: string, how?: HuaweiCallOptions): Promise<Answered>;
  /** `PUT notifications/publish`: one for each ingest domain. */
  setNotification(notification: HuaweiNotificationFields, how?: HuaweiCallOptions): Promise<Answered>;
  /** Without `url` where there is none. */
  getNotification(domain: string, how?: HuaweiCallOptions): Promise<HuaweiNotification & Answered>;
  deleteNotification(domain: string, how?: HuaweiCallOptions): Promise<Answered>;
  /** `POST stream/block-once`: the encoder is cut off, and may connect anew at once. */
  blockOnce(stream: HuaweiStreamName, how?: HuaweiCallOptions): Promise<Answered>;
  /** `GET record/contents`: known of the vendor's client alone. */
  listContents(query: HuaweiListContents, how?: HuaweiCallOptions): Promise<HuaweiContents & Answered>;
  /** `POST record/indexes`: one playlist over what was recorded in up to 12 hours. */
  createIndex(index: HuaweiIndexFields, how?: HuaweiCallOptions): Promise<HuaweiIndex & Answered>;
  /** `GET /v2/…/stats/history/streams`: finished pushes of up to one day. */
  listHistory(query: HuaweiListHistory, how?: HuaweiCallOptions): Promise<HuaweiHistory & Answered>;
}

const NOTHING = z.unknown();

export function createHuaweiApi(options: HuaweiApiOptions): HuaweiApi {
  const { projectId, credentials, dispatcher = createHttpAgent(), now = Date.now, turn } = options;
  const access: Access = {
    endpoint: endpointOf(options),
    projectId,
    dispatcher,
    now,
    ...authSource(credentials, { projectId, dispatcher, now }),
    ...(turn && { turn }),
  };

  async function read<S extends z.ZodType>(
    operation: Operation,
    path: string,
    query: Record<string, string | number | undefined>,
    reply: S,
    how?: HuaweiCallOptions & { version?: 'v2' },
  ) {
    const version = how?.version === undefined ? {} : { version: how.version };
    return await exchange(
      access,
      { operation, effect: 'read', method: 'GET', path, query, ...version },
      reply,
      how,
    );
  }

  async function write<S extends z.ZodType>(
    operation: Operation,
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    sent: { query?: Record<string, string>; body?: unknown; secrets?: readonly string[] },
    reply: S,
    how?: HuaweiCallOptions,
  ) {
    return await exchange(access, { operation, effect: 'write', method, path, ...sent }, reply, how);
  }

  const rulePath = (id: string): string => `record/rules/${inPath(id)}`;
  const callbackPath = (id: string): string => `record/callbacks/${inPath(id)}`;

  return {
    async control(command, how) {
      const { action, ...body } = check(OPERATIONS.start, commandSchema, command);
      const operation = action === 'START' ? OPERATIONS.start : OPERATIONS.stop;
      return named(
        await write(operation, 'POST', 'record/control', { query: { action }, body }, NOTHING, how),
      );
    },

    async listRules(query, how) {
      check(OPERATIONS.listRules, listRulesSchema, query);
      const answer = await read(OPERATIONS.listRules, 'record/rules', query, rulesReply, how);
      const { total, record_config: rules } = answer.body;
      return { ...counted(total), rules, ...named(answer) };
    },
    async createRule(rule, how) {
      const body = check(OPERATIONS.createRule, ruleSchema, rule);
      const answer = await write(OPERATIONS.createRule, 'POST', 'record/rules', { body }, ruleReply, how);
      return { rule: answer.body, ...named(answer) };
    },
    async getRule(id, how) {
      const answer = await read(OPERATIONS.getRule, rulePath(id), {}, ruleReply, how);
      return { rule: answer.body, ...named(answer) };
    },
    async updateRule(id, rule, how) {
      const body = check(OPERATIONS.updateRule, ruleSchema, rule);
      const answer = await write(OPERATIONS.updateRule, 'PUT', rulePath(id), { body }, ruleReply, how);
      return { rule: answer.body, ...named(answer) };
    },
    async deleteRule(id, how) {
      return named(await write(OPERATIONS.deleteRule, 'DELETE', rulePath(id), {}, NOTHING, how));
    },

    async listStreams(query, how) {
      check(OPERATIONS.listStreams, listStreamsSchema, query);
      const answer = await read(OPERATIONS.listStreams, 'realtime/streams', query, streamsReply, how);
      const { total_num: total, streams } = answer.body;
      return { ...counted(total), streams, ...named(answer) };
    },

    async listCallbacks(query, how) {
      check(OPERATIONS.listCallbacks, listCallbacksSchema, query);
      const answer = await read(OPERATIONS.listCallbacks, 'record/callbacks', query, callbacksReply, how);
      const { total, callback_config: callbacks } = answer.body;
      return { ...counted(total), callbacks, ...named(answer) };
    },
    async createCallback(callback, how) {
      const body = check(OPERATIONS.createCallback, callbackSchema, callback);
      const sent = { body, secrets: [body.key, body.notify_callback_url] };
      const answer = await write(
        OPERATIONS.createCallback,
        'POST',
        'record/callbacks',
        sent,
        callbackReply,
        how,
      );
      return { callback: answer.body, ...named(answer) };
    },
    async getCallback(id, how) {
      const answer = await read(OPERATIONS.getCallback, callbackPath(id), {}, callbackReply, how);
      return { callback: answer.body, ...named(answer) };
    },
    async updateCallback(id, callback, how) {
      const body = check(OPERATIONS.updateCallback, callbackSchema, callback);
      const sent = { body, secrets: [body.key, body.notify_callback_url] };
      const answer = await write(
        OPERATIONS.updateCallback,
        'PUT',
        callbackPath(id),
        sent,
        callbackReply,
        how,
      );
      return { callback: answer.body, ...named(answer) };
    },
    async deleteCallback(id, how) {
      return named(await write(OPERATIONS.deleteCallback, 'DELETE', callbackPath(id), {}, NOTHING, how));
    },

    async setNotification(notification, how) {
      const { domain, ...body } = check(OPERATIONS.putNotification, notificationSchema, notification);
      const sent = { query: { domain }, body, secrets: [body.auth_sign_key, body.url] };
      return named(
        await write(OPERATIONS.putNotification, 'PUT', 'notifications/publish', sent, NOTHING, how),
      );
    },
    async getNotification(domain, how) {
      const query = { domain };
      const answer = await read(
        OPERATIONS.getNotification,
        'notifications/publish',
        query,
        notificationReply,
        how,
      );
      return { ...answer.body, ...named(answer) };
    },
    async deleteNotification(domain, how) {
      const query = { domain };
      return named(
        await write(
          OPERATIONS.deleteNotification,
          'DELETE',
          'notifications/publish',
          { query },
          NOTHING,
          how,
        ),
      );
    },

    async blockOnce(stream, how) {
      const body = check(OPERATIONS.blockOnce, streamSchema, stream);
      return named(await write(OPERATIONS.blockOnce, 'POST', 'stream/block-once', { body }, NOTHING, how));
    },

    async listContents(query, how) {
      check(OPERATIONS.listContents, listContentsSchema, query);
      const answer = await read(OPERATIONS.listContents, 'record/contents', query, contentsReply, how);
      return { ...answer.body, ...named(answer) };
    },
    async createIndex(index, how) {
      const body = check(OPERATIONS.createIndex, indexSchema, index);
      const answer = await write(OPERATIONS.createIndex, 'POST', 'record/indexes', { body }, indexReply, how);
      return { ...answer.body, ...named(answer) };
    },
    async listHistory(query, how) {
      check(OPERATIONS.listHistory, historySchema, query);
      const v2 = { ...how, version: 'v2' as const };
      const answer = await read(OPERATIONS.listHistory, 'stats/history/streams', query, historyReply, v2);
      return { ...answer.body, ...named(answer) };
    },
  };
}

/** @throws TypeError without region and url */
export function endpointOf({ url, region }: { url?: string; region?: string }): string {
  if (url !== undefined) return url.replace(/\/+$/, '');
  if (region === undefined)
    throw new TypeError('Huawei Cloud Live needs a region, or the url of an endpoint.');
  return `https://live.${region}.myhuaweicloud.com`;
}

function named({ requestId }: Answered): Answered {
  return requestId === undefined ? {} : { requestId };
}

function counted(total: number | undefined): { total?: number } {
  return total === undefined ? {} : { total };
}

/** Nothing of the request is quoted: it may hold keys. */
function check<S extends z.ZodType>({ name }: Operation, schema: S, request: unknown): z.output<S> {
  const checked = schema.safeParse(request);
  if (checked.success) return checked.data;
  const problems = problemsOf(checked.error, request).map(({ found: _found, ...problem }) => problem);
  throw refuse('E_SPEC_INVALID', name, problems, 'nothing was sent');
}
