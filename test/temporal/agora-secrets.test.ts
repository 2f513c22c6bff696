/**
 * A canary in every secret of an Agora session: account, provider, minted credentials, channel key, page, pushes. Agora,
 * STS and S3 refuse each call in turn and repeat one of them, and then its traces are searched for in all that stays.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock, type EmulatorAnswer, type EmulatorRequest } from '../../src/emulators/index.ts';
import { installRuntime } from '../../src/runtime.ts';
import type { SessionResult } from '../../src/session/events.ts';
import { filesWorkflowId, sessionWorkflowId, workflowQueue } from '../../src/session/names.ts';
import {
  ACCOUNT,
  agoraPlaces,
  keyOf,
  SECRETS,
  SETTLED,
  specificationOf,
  type Places,
  type Stand,
} from './agora-places.ts';
import { runsOf } from './histories.ts';
import { closedLedger, inPhase, statusOf, whenStatus } from './ome.ts';
import { QUICK_LOOKS, temporalWorld, until, type RunningWorkers, type TemporalWorld } from './world.ts';

const BASIC = Buffer.from(`${SECRETS.customerId}:${SECRETS.customerSecret}`).toString('base64');

/** Of this file alone: it shares its server with others. */
const ROOM = { channel: 'vault', mode: 'mix' };
const PAGE = { channel: 'vault-page', mode: 'web' };

/** What a refusal repeats: a text, or something of the request itself. */
type Repeats = string | ((request: EmulatorRequest) => string);
interface Keys {
  accessKey: string;
  secretKey: string;
  stsToken: string;
}

let places: Places;
let world: TemporalWorld;
let workers: RunningWorkers;
const kept: { where: string; bytes: Buffer }[] = [];
/** Made while it ran: tokens of recorders, and what STS gave. */
const made = new Set<string>();
/** What the next calls are refused with, by what they are. */
const refusals = new Map<string, Repeats[]>();
const refused = new Map<string, number>();

const keep = (where: string, what: unknown): void => {
  kept.push({ where, bytes: Buffer.isBuffer(what) ? what : Buffer.from(JSON.stringify(what) ?? '') });
};

const fixed = (): string[] => [
  SECRETS.customerSecret,
  BASIC,
  SECRETS.appCertificate,
  SECRETS.accessKey,
  SECRETS.secretKey,
  SECRETS.channelKey,
  SECRETS.channelSalt,
  SECRETS.pageUrl,
  SECRETS.pushUrl,
  SECRETS.otherPushUrl,
];
/** In every call to Agora, plain and as it is sent. */
const ACCOUNTS = [SECRETS.customerSecret, BASIC];
const storageOf = ({ body }: EmulatorRequest): Keys =>
  (JSON.parse(body) as { clientRequest: { storageConfig: Keys } }).clientRequest.storageConfig;

function next(call: string, request: EmulatorRequest): string | undefined {
  const repeats = refusals.get(call)?.shift();
  if (repeats === undefined) return undefined;
  refused.set(call, (refused.get(call) ?? 0) + 1);
  return typeof repeats === 'string' ? repeats : repeats(request);
}

const authorizationOf = ({ headers }: EmulatorRequest): string => headers['authorization'] ?? '';
const tokenOf = ({ headers }: EmulatorRequest): string => headers['x-amz-security-token'] ?? '';

const answer = (status: number, body: string, headers: Record<string, string> = {}): EmulatorAnswer => ({
  kind: 'response',
  response: { status, headers, body },
  delayMs: 0,
});

/** A reason that repeats what it refuses, and a request id that does. Every second one is no answer at all. */
const agora: Stand = (request) => {
  const { target, body } = request;
  const op = target.split('/').at(-1)!;
  const mode = /mode\/(\w+)/.exec(target)?.[1] ?? '';
  if (body !== '') learn(JSON.parse(body) as { clientRequest: Record<string, unknown> });
  const secret = next(`${mode} ${op}`, request);
  if (secret === undefined) return undefined;
  const headers = { 'content-type': 'application/json', 'x-request-id': secret };
  if (op === 'query' && refused.get(`${mode} ${op}`)! % 2 === 0) return answer(200, secret, headers);
  return answer(400, JSON.stringify({ code: 400, reason: `appid is invalid: ${secret}` }), headers);
};

function learn({ clientRequest }: { clientRequest: Record<string, unknown> }): void {
  const { token, storageConfig } = clientRequest;
  if (typeof token === 'string') made.add(token);
  if (storageConfig === undefined) return;
  const { accessKey, secretKey, stsToken } = storageConfig as Keys;
  for (const one of [accessKey, secretKey, stsToken]) made.add(one);
}

const cloud: Stand = (request) => {
  const { method } = request;
  const secret = next(method === 'POST' ? 'STS' : 'S3', request);
  if (secret === undefined) return undefined;
  const words = `<Code>AccessDenied</Code><Message>${secret} may not.</Message>`;
  const headers = { 'content-type': 'application/xml', 'x-amz-request-id': 'emulated-1' };
  const error = `<Error>${words}</Error>`;
  return answer(403, method === 'POST' ? `<ErrorResponse>${error}</ErrorResponse>` : error, headers);
};

async function start(target: typeof ROOM, options: Record<string, unknown>): Promise<WorkflowHandle> {
  return await world.client.workflow.start('recording', {
    workflowId: sessionWorkflowId(keyOf(target)),
    taskQueue: workflowQueue(world.prefix),
    args: [{ specification: specificationOf(target, { options }), searchAttributes: true }],
  });
}

/** Refuses a call once with each of these; `provoke` brings the next one about. */
async function refuse(call: string, repeats: Repeats[], provoke?: () => Promise<void>): Promise<void> {
  for (const one of repeats) {
    refusals.set(call, [one]);
    await provoke?.();
    await until(`a refusal of ${call}`, async () => await Promise.resolve(refusals.get(call)!.length === 0));
  }
}

async function keepHistory(workflowId: string, firstRunId: string): Promise<void> {
  for (const run of await runsOf(world.client, workflowId, firstRunId)) {
    const raw = Buffer.from(temporal.api.history.v1.History.encode(run.history).finish());
    keep(`history of ${workflowId}, raw`, raw);
    for (const event of run.events)
      for (const payload of payloadsIn(event))
        keep(`event ${String(event.eventId)} of ${workflowId}`, Buffer.from(payload));
  }
}

/** Every `data` of every payload, wherever it lies in a history. */
function payloadsIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap((inner) => payloadsIn(inner));
}

async function keepSession(handle: WorkflowHandle): Promise<void> {
  const { workflowId } = handle;
  keep(`status of ${workflowId}`, await statusOf(handle));
  keep(`coverage of ${workflowId}`, await handle.query('coverage'));
  keep(`describe of ${workflowId} while it runs`, (await handle.describe()).raw);
}

async function keepEnd(handle: WorkflowHandle): Promise<void> {
  const { workflowId } = handle;
  const result = (await handle.result()) as SessionResult;
  keep('result', result);
  await closedLedger(world, result);
  keep(`describe of ${workflowId}`, (await handle.describe()).raw);
  await keepHistory(workflowId, (handle as unknown as { firstExecutionRunId: string }).firstExecutionRunId);
  const files = await world.client.workflow.getHandle(filesWorkflowId(result.sessionId)).describe();
  keep(`describe of ${files.workflowId}`, files.raw);
  await keepHistory(files.workflowId, files.runId);
}

async function play(): Promise<void> {
  // Two attempts each to start: their waits are 1 and 5 s.
  refusals.set('mix start', [SECRETS.channelKey, SECRETS.channelSalt]);
  refusals.set('web start', [SECRETS.pageUrl, SECRETS.pushUrl]);
  const mix = await start(ROOM, {
    decryptionMode: 7,
    secret: { secret: 'channel-key' },
    salt: { secret: 'channel-salt' },
  });
  const web = await start(PAGE, {
    url: { secret: 'page-url' },
    audioProfile: 1,
    videoWidth: 1280,
    videoHeight: 720,
    publish: { outputs: [{ rtmpUrl: { secret: 'push-url' } }] },
  });
  await whenStatus(mix, 'a take', ({ takes }) => takes[0]?.status === 'open');
  await inPhase(web, 'recording');

  const refresh = async (): Promise<void> => await mix.signal('change', { storage: { refresh: 'now' } });
  await refuse('STS', [SECRETS.accessKey, authorizationOf], refresh);
  await keepSession(mix);
  await refuse('S3', [tokenOf, authorizationOf], refresh);
  await keepSession(mix);
  const own: Repeats[] = (['accessKey', 'secretKey', 'stsToken'] as const).map(
    (key) => (r) => storageOf(r)[key],
  );
  await refuse('mix update', [...ACCOUNTS, ...own], refresh);
  await keepSession(mix);
  const outputs = [{ rtmpUrl: { secret: 'other-push-url' } }];
  await refuse(
    'web update',
    [...ACCOUNTS, SECRETS.otherPushUrl],
    async () => await web.signal('change', { publish: { outputs } }),
  );
  await keepSession(web);
  refusals.set('web query', [...ACCOUNTS, ...ACCOUNTS]);
  refusals.set('mix query', [...ACCOUNTS, ...ACCOUNTS]);
  await until(
    'refused queries',
    async () =>
      await Promise.resolve(refusals.get('web query')!.length + refusals.get('mix query')!.length === 0),
  );
  await keepSession(web);
  const literal: unknown = await web
    .executeUpdate('change', { args: [{ publish: { outputs: [{ rtmpUrl: SECRETS.pushUrl }] } }] })
    .catch((error: unknown) => error);
  keep('a refused update', { text: String(literal), cause: String((literal as Error).cause) });

  refusals.set('mix stop', [BASIC]);
  refusals.set('web stop', [SECRETS.customerSecret]);
  for (const handle of [mix, web]) await handle.signal('stop', { by: 'tester' });
  for (const handle of [mix, web]) await keepEnd(handle);
}

beforeAll(async () => {
  const write = process.stderr.write.bind(process.stderr);
  let log = '';
  process.stderr.write = (chunk: string | Uint8Array): boolean => {
    log += chunk.toString();
    return true;
  };
  try {
    installRuntime('DEBUG');
    places = agoraPlaces({ clock: systemClock, standIn: { agora, cloud } });
    world = await temporalWorld({ account: ACCOUNT, dispatcher: places.dispatcher, registry: SETTLED });
    places.configured(world.settings, { looks: QUICK_LOOKS });
    workers = await world.startWorkers();
    places.control('source.start', { channel: ROOM.channel });
    await play();
    await workers.stop();
  } finally {
    process.stderr.write = write;
  }
  keep("the worker's log", log);
  const { directory } = world.settings.archive() as { directory: string };
  for (const name of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (name.isFile()) keep(`archive ${name.name}`, await readFile(join(name.parentPath, name.name)));
  }
}, 120_000);

afterAll(async () => {
  await world.close();
});

/** So long a piece of a secret stands nowhere by chance. */
const PIECE = 12;

/** Every piece of a text, and of what base64 makes of it at each of its three offsets. */
function piecesOf(secret: string): string[] {
  // Of an address only the key in it.
  const text = secret.replace(/^.*[=/](?=\w{16}$)/, '');
  const encoded = [0, 1, 2].map((offset) =>
    Buffer.from('x'.repeat(offset) + text)
      .toString('base64')
      .slice(4, -6),
  );
  return [text, encodeURIComponent(text), ...encoded].flatMap((form) =>
    form.length < PIECE
      ? []
      : Array.from({ length: form.length - PIECE + 1 }, (_, i) => form.slice(i, i + PIECE)),
  );
}

describe('the secrets of an Agora session', () => {
  it('were sent, minted and repeated by those who refused, so that this test tests something', () => {
    const calls = [
      'mix start',
      'web start',
      'STS',
      'S3',
      'mix update',
      'web update',
      'mix query',
      'web query',
    ];
    expect(calls.filter((call) => (refused.get(call) ?? 0) < 2)).toEqual([]);
    expect(refused.get('mix stop')).toBe(1);
    // A recorder's token, and three for each of the credentials.
    expect(made.size).toBeGreaterThan(10);
    expect(kept.length).toBeGreaterThan(200);
    const described = kept.find(({ where }) => where.startsWith('describe'))!.bytes.toString();
    expect(described).toContain('KeeprollingPhase');
    const log = kept.find(({ where }) => where === "the worker's log")!.bytes.toString();
    expect(log).toContain('refreshCredentials');
  });

  it('are in nothing that it left: histories, memo, search attributes, answers, archive, logs, errors', () => {
    const owners = new Map<string, string>();
    for (const secret of [...fixed(), ...made])
      for (const piece of piecesOf(secret)) owners.set(piece, secret);
    const found = kept.flatMap(({ where, bytes }) => {
      const text = bytes.toString('latin1');
      const seen = new Set<string>();
      for (let i = 0; i + PIECE <= text.length; i += 1) {
        const owner = owners.get(text.slice(i, i + PIECE));
        if (owner !== undefined)
          seen.add(`${where}: ${owner} (…${text.slice(Math.max(0, i - 60), i + 30)}…)`);
      }
      return [...seen].slice(0, 2);
    });
    expect(found).toEqual([]);
  });
});
