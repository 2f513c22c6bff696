/** `start`: a 200 says that the parameters are well formed, and nothing of token, keys or channel. */
import { isDeepStrictEqual } from 'node:util';
import type { Outcome } from '../faulty.ts';
import { POSTPONED_SCENE, WEB_SCENE } from './acquire.ts';
import { isFields, neededFields, textAt, type Fields } from './fields.ts';
import { JOIN_MS, WEB_JOIN_MS } from './lifecycle.ts';
import { readRecording } from './recording-config.ts';
import { bad, refuse, refuseOld, reply } from './reply.ts';
import type { Route } from './routes.ts';
import { verifyRtcToken } from './rtc-token.ts';
import { identityOf, nextSerial, type AgoraState, type Mode, type Resource, type Task } from './state.ts';
import { folderOf, readStorage, strictnessOf } from './storage-config.ts';
import { readWebPage } from './web-config.ts';

const OP = 'Start';
/** A resource id that was not used dies then. */
const RESOURCE_MS = 5 * 60_000;

export function start(state: AgoraState, route: Route, resource: Resource, asked: Fields): Outcome {
  const running = resource.task;
  if (running && running.phase === 'running') return alreadyStarted(state, running);
  // One use only: what a second one is told is not documented, so it is told what an old one is.
  if (running || state.at > resource.acquiredAt + RESOURCE_MS)
    refuseOld(state.config.unknowns, 433, 'resourceId has expired');
  checkScene(resource, route.mode);
  const task = readTask(state, resource, route.mode, asked);
  checkStartParameter(resource, asked);
  if (isTaken(state, resource)) refuse(400, 53, 'task conflict');
  checkToken(state, task, textAt(OP, asked, 'token'));
  resource.task = task;
  state.tasks.set(task.sid, task);
  state.active.add(task);
  state.truth.add({
    type: 'recording',
    at: state.at,
    recording: task.sid,
    event: 'began',
    metadata: JSON.stringify(metadataOf(task)),
  });
  const { cname, uid, sid } = task;
  return { response: reply(200, { cname, uid, resourceId: resource.id, sid }), recording: sid };
}

/** Nothing was started by this request. */
function alreadyStarted(state: AgoraState, task: Task): Outcome {
  const { cname, uid, sid, resource } = task;
  const more = state.config.unknowns.alreadyStartedCarriesSid
    ? { cname, uid, resourceId: resource.id, sid }
    : {};
  const response = reply(201, { code: 7, reason: 'already started', ...more });
  return { response, recording: sid, applied: false, detail: 'already started' };
}

function checkScene({ scene }: Resource, mode: Mode): void {
  if ((scene === WEB_SCENE) !== (mode === 'web')) bad(OP, 'mode');
  if (scene === POSTPONED_SCENE && mode !== 'individual') bad(OP, 'mode');
}

/** The same cname and uid, running with another resource or not long gone. */
function isTaken(state: AgoraState, resource: Resource): boolean {
  const identity = identityOf(resource);
  for (const task of state.active) if (identityOf(task) === identity) return true;
  const left = state.left.get(identity);
  return left !== undefined && state.at < left + state.config.unknowns.reuseAfterMs;
}

function readTask(state: AgoraState, resource: Resource, mode: Mode, asked: Fields): Task {
  const { unknowns, names } = state.config;
  const given = neededFields(OP, asked, 'storageConfig');
  const storage = readStorage(OP, given, strictnessOf(unknowns, state.at));
  const page = mode === 'web' ? readWebPage(OP, asked) : undefined;
  const recording = mode === 'web' ? undefined : readRecording(OP, mode, asked, unknowns);
  const { appId, cname, uid } = resource;
  const serial = nextSerial(state);
  const at = state.at;
  return {
    sid: names.hex(32, 'sid', serial),
    serial,
    resource,
    appId,
    cname,
    uid,
    botUid: uid,
    mode,
    recording,
    page,
    storage,
    startedAt: at,
    expiresAt: at + resource.expiresAfterMs,
    phase: 'running',
    endedAt: 0,
    exitAt: 0,
    abnormal: false,
    joined: false,
    joinAt: at + (mode === 'web' ? WEB_JOIN_MS : JOIN_MS),
    pageMisses: 0,
    pageDeadline: undefined,
    tokenTrouble: undefined,
    tokenEndsAt: Infinity,
    movingUntil: undefined,
    moves: 0,
    idleSince: undefined,
    onhold: page?.onhold ?? false,
    heldSince: page?.onhold ? at : undefined,
    heldMs: 0,
    runs: new Map(),
    playlists: [],
    firstUploadAt: undefined,
    sawMedia: false,
    recordedMs: 0,
    backedUp: 0,
    lost: 0,
    uploadFails: false,
    stsExpiryTold: false,
    inFlight: [],
    progressAt: at + 60_000,
    noticed: 0,
    sequences: new Map(),
  };
}

const COMPARED = ['recordingConfig', 'recordingFileConfig', 'snapshotConfig', 'extensionServiceConfig'];
/** Keys may be others by now. */
const PLACE = ['vendor', 'region', 'bucket', 'fileNamePrefix'];

/** What acquire was told of the start, and what the start then says, have to agree. */
function checkStartParameter({ startParameter }: Resource, asked: Fields): void {
  if (startParameter === undefined) return;
  const differs = (told: Fields, said: Fields, names: string[]) =>
    names.find((name) => told[name] !== undefined && !isDeepStrictEqual(told[name], said[name]));
  const part = differs(startParameter, asked, COMPARED);
  if (part !== undefined) bad(OP, part);
  const told = startParameter['storageConfig'];
  const said = asked['storageConfig'];
  if (told !== undefined && !(isFields(told) && isFields(said) && differs(told, said, PLACE) === undefined))
    bad(OP, 'storageConfig');
}

/** A token that does not fit fails later, in the channel, unless the switch says otherwise. */
function checkToken(state: AgoraState, task: Task, token: string | undefined): void {
  const certificate = state.apps.get(task.appId)?.certificate;
  if (certificate === undefined || task.mode === 'web') return;
  const { appId, cname, uid } = task;
  const claim = { token: token ?? '', appId, certificate, channel: cname, uid, now: state.at };
  const verdict = verifyRtcToken(claim);
  if (verdict.ok) {
    task.tokenEndsAt = verdict.endsAt;
    return;
  }
  const { unknowns } = state.config;
  if (unknowns.tokenCheck === 'at-start') refuseOld(unknowns, verdict.code, verdict.why);
  task.tokenTrouble = verdict.code;
}

/** `<installation>/<session>/t<take>x<nonce>`, as keeprolling writes the end of a prefix. */
function metadataOf(task: Task): Record<string, unknown> {
  const { cname, uid, storage } = task;
  const [, session = '', last = ''] = storage.prefix.slice(-3);
  const take = /^t(\d+)x[A-Za-z0-9]+$/.exec(last);
  const ours = storage.prefix.length >= 3 && /^[0-9A-HJKMNP-TV-Z]{26}$/i.test(session) && take;
  return {
    ...(ours && { session, take: Number(take[1]) }),
    uid,
    cname,
    prefix: folderOf(storage.prefix),
  };
}
