/**
 * A trouble that many sessions have, told once: who has it, since when, and what is told of it and when. Pure, as `step`
 * is; the workflow `troubles` keeps the state and carries out what comes of it.
 */
import type { SharedTrouble } from './events.ts';
import type { Who } from './facts.ts';
import type { Notice, NoticeSubject } from './notices.ts';

/** So long sessions are gathered before the first word, and a trouble that is over sooner is not told at all. */
export const GATHER_MS = 10_000;
/** Getting worse is told at most so often, and so is a cause that was told already. A new cause is told once it has lasted. */
export const AGAIN_MS = 10 * 60_000;
/** It is over when no session has had it for so long. */
export const QUIET_MS = 60_000;
/** A session says daily that it still has it; one that was ended from outside says nothing more. */
export const FORGOTTEN_MS = 48 * 3_600_000;
const SESSIONS_KEPT = 1_000;
const NAMES_TOLD = 10;

/** What a session says of a trouble. */
export interface TroubleReport {
  sessionId: string;
  name: string;
  /** Its workflow, which is told of announced work. */
  workflowId: string;
  trouble: SharedTrouble;
}

/** Announced work at an account. `until` in the past ends it. */
export interface MaintenanceWish {
  until: number;
  by: string;
  reason: string | null;
}

interface Hurt {
  name: string;
  code: string;
  /** When its trouble began. */
  since: number;
  deadline: number | null;
  heardAt: number;
}

interface Told {
  at: number;
  since: number;
  sessions: number;
  deadline: number | null;
  code: string;
  /** Every cause that was told since it began. */
  codes: string[];
}

export interface Gathered {
  installation: string;
  scope: string;
  /** By session id. */
  sessions: Record<string, Hurt>;
  /** Who must act, by code. */
  who: Record<string, Who>;
  /** Since when sessions are gathered, or none has it any more. */
  since: number | null;
  quietSince: number | null;
  told: Told | null;
  /** Another cause than the one that was told, and since when most have it. */
  other: { code: string; since: number } | null;
  /** `endedBy`: who has ended it before its time. */
  maintenance: (MaintenanceWish & { told: boolean; endedBy?: string }) | null;
  /** Of the last notice. */
  sequence: number;
}

export function gathering(installation: string, scope: string): Gathered {
  return {
    installation,
    scope,
    sessions: {},
    who: {},
    since: null,
    quietSince: null,
    told: null,
    other: null,
    maintenance: null,
    sequence: 0,
  };
}

export function learnTrouble(state: Gathered, { sessionId, name, trouble }: TroubleReport, at: number): void {
  if (trouble.state === 'off') {
    delete state.sessions[sessionId];
    return;
  }
  const known = Object.hasOwn(state.sessions, sessionId);
  if (!known && Object.keys(state.sessions).length >= SESSIONS_KEPT) return;
  const { code, who, since, deadline } = trouble;
  state.sessions[sessionId] = { name, code, since, deadline, heardAt: at };
  state.who[code] = who;
}

export function learnMaintenance(state: Gathered, wish: MaintenanceWish, at: number): void {
  if (wish.until > at) state.maintenance = { ...wish, told: false };
  else if (state.maintenance) state.maintenance = { ...state.maintenance, until: at, endedBy: wish.by };
}

export function underMaintenance({ maintenance }: Gathered, at: number): MaintenanceWish | null {
  return maintenance !== null && maintenance.until > at ? maintenance : null;
}

/** What is to be told now, when to think again, and whether there is nothing left to wait for. */
export function thinkOver(
  state: Gathered,
  at: number,
): { notices: Notice[]; wakeAt: number | null; over: boolean } {
  const notices: Notice[] = [];
  forget(state, at);
  tellMaintenance(state, at, notices);
  const wakeAt = underMaintenance(state, at) ? state.maintenance!.until : tellTrouble(state, at, notices);
  const idle = Object.keys(state.sessions).length === 0 && state.told === null;
  return { notices, wakeAt, over: idle && state.maintenance === null };
}

function forget(state: Gathered, at: number): void {
  for (const [id, { heardAt }] of Object.entries(state.sessions)) {
    if (at - heardAt >= FORGOTTEN_MS) delete state.sessions[id];
  }
}

function tellMaintenance(state: Gathered, at: number, notices: Notice[]): void {
  const { maintenance, scope } = state;
  if (!maintenance) return;
  const { until, by, reason, endedBy } = maintenance;
  const data = { until: iso(until), by: endedBy ?? by, reason };
  if (!maintenance.told && until > at) {
    maintenance.told = true;
    const why = reason === null ? '' : `: ${reason}`;
    const text = `maintenance of ${nameOf(scope)} until ${clock(until, at)}, by ${by}${why}`;
    notices.push(notice(state, at, 'maintenance', text, { state: 'on', ...data }));
  }
  if (until > at) return;
  state.maintenance = null;
  // Who still has it then is gathered anew.
  state.since = null;
  const why = endedBy === undefined ? 'its time has come' : `${endedBy} has ended it`;
  const text = `maintenance of ${nameOf(scope)} is over: ${why}`;
  notices.push(notice(state, at, 'maintenance', text, { state: 'off', ...data }));
}

/** Answers when to think again. */
function tellTrouble(state: Gathered, at: number, notices: Notice[]): number | null {
  const hurt = Object.values(state.sessions);
  if (hurt.length === 0) return tellOver(state, at, notices);
  state.quietSince = null;
  state.since ??= at;
  const forgottenAt = Math.min(...hurt.map(({ heardAt }) => heardAt)) + FORGOTTEN_MS;
  const deadline = nearest(hurt);
  const code = mostCommon(hurt, state.told?.code ?? null);
  const dueAt = dueToTell(state, hurt.length, deadline, code, at);
  if (dueAt === null) return forgottenAt;
  if (at < dueAt) return Math.min(dueAt, forgottenAt);
  const { told } = state;
  // As the sessions say themselves: they may have had it while nothing was told.
  const since = Math.min(...hurt.map((one) => one.since), ...(told ? [told.since] : []));
  const codes = [...new Set([...(told?.codes ?? []), code])];
  state.told = { at, since, sessions: hurt.length, deadline, code, codes };
  state.other = null;
  const many = hurt.length === SESSIONS_KEPT ? `${SESSIONS_KEPT} sessions or more` : counted(hurt.length);
  const first = deadline === null ? '' : `, the first is hurt at ${clock(deadline, at)}`;
  notices.push(
    notice(state, at, 'trouble', `${sentence(state.scope, code)}: ${many}${first}`, {
      state: told ? 'changed' : 'on',
      code,
      who: state.who[code] ?? 'you',
      sessions: hurt.length,
      deadline: deadline === null ? null : iso(deadline),
      since: iso(since),
      names: hurt.slice(0, NAMES_TOLD).map(({ name }) => name),
    }),
  );
  return forgottenAt;
}

/** When this is to be told; null while nothing is new. */
function dueToTell(
  state: Gathered,
  sessions: number,
  deadline: number | null,
  code: string,
  at: number,
): number | null {
  const { told, since } = state;
  if (!told) return since! + GATHER_MS;
  if (code === told.code) state.other = null;
  else if (state.other?.code !== code) state.other = { code, since: at };
  const againAt = told.at + AGAIN_MS;
  const dues = [
    ...(worse(told, sessions, deadline) ? [againAt] : []),
    // Causes that take turns are not told each time.
    ...(state.other ? [told.codes.includes(code) ? againAt : state.other.since + GATHER_MS] : []),
  ];
  return dues.length === 0 ? null : Math.min(...dues);
}

function tellOver(state: Gathered, at: number, notices: Notice[]): number | null {
  state.since = null;
  state.other = null;
  const { told } = state;
  if (!told) return null;
  state.quietSince ??= at;
  if (at < state.quietSince + QUIET_MS) return state.quietSince + QUIET_MS;
  const { code, since } = told;
  const minutes = Math.max(1, Math.round((state.quietSince - since) / 60_000));
  const text = `${nameOf(state.scope)} works again after ${minutes} min (${code})`;
  const who = state.who[code] ?? 'you';
  notices.push(
    notice(state, at, 'trouble', text, { state: 'off', code, who, sessions: 0, since: iso(since) }),
  );
  state.told = null;
  state.quietSince = null;
  return null;
}

/** Twice as many sessions have it, or it begins to hurt sooner. */
function worse(
  told: { sessions: number; deadline: number | null },
  sessions: number,
  deadline: number | null,
): boolean {
  if (sessions >= told.sessions * 2) return true;
  return deadline !== null && (told.deadline === null || deadline < told.deadline);
}

function nearest(hurt: Hurt[]): number | null {
  const deadlines = hurt.flatMap(({ deadline }) => (deadline === null ? [] : [deadline]));
  return deadlines.length === 0 ? null : Math.min(...deadlines);
}

/** Of causes that equally many have, the one that was told. */
function mostCommon(hurt: Hurt[], told: string | null): string {
  const counts = new Map<string, number>();
  for (const { code } of hurt) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1] || Number(b[0] === told) - Number(a[0] === told))[0]![0];
}

/** Instants serve as sequence: they go on growing when the next trouble begins after this one is forgotten. */
function notice(
  state: Gathered,
  at: number,
  kind: 'trouble' | 'maintenance',
  text: string,
  data: NonNullable<Notice['data']>,
): Notice {
  state.sequence = Math.max(state.sequence + 1, at);
  return { sequence: state.sequence, at, kind, text, data };
}

const SENTENCES: Record<string, (name: string) => string> = {
  E_VENDOR_AUTH: (name) => `${name} refuses our credentials`,
  E_VENDOR_UNREACHABLE: (name) => `${name} cannot be reached`,
  E_VENDOR_UNANSWERED: (name) => `${name} does not answer`,
  E_VENDOR_FAULT: (name) => `${name} answers with errors of its own`,
  E_VENDOR_THROTTLED: (name) => `${name} asks for fewer calls`,
  E_NO_WORKER: (name) => `no worker takes the calls of ${name}`,
  E_ACCOUNT_UNKNOWN: (name) => `the workers have no account ${name}`,
  E_CONFIG_INVALID: (name) => `the configuration of ${name} cannot be used`,
  E_DESTINATION: (name) => `${name} does not take files`,
  E_ARCHIVE_UNWRITABLE: () => 'the archive does not take ledgers',
};

function sentence(scope: string, code: string): string {
  return (SENTENCES[code] ?? ((name: string) => `${name} has a trouble (${code})`))(nameOf(scope));
}

/** `account/agora-prod` → `agora-prod`; the archive has no name. */
function nameOf(scope: string): string {
  return scope === 'archive' ? 'the archive' : scope.slice(scope.indexOf('/') + 1);
}

export function scopeSubject({
  installation,
  scope,
}: Pick<Gathered, 'installation' | 'scope'>): NoticeSubject {
  const type = scope.split('/', 1)[0] as 'account' | 'destination' | 'archive';
  const about = { scope, ...(type !== 'archive' && { [type]: nameOf(scope) }) };
  return { id: scope, type, source: `/keeprolling/${installation}/${scope}`, about };
}

const counted = (sessions: number): string => (sessions === 1 ? '1 session' : `${sessions} sessions`);

const iso = (at: number): string => new Date(at).toISOString();

/** `06:40 UTC`; with its date when that is not the same day. */
function clock(at: number, now: number): string {
  const [date, time] = iso(at).split('T') as [string, string];
  const day = iso(now).startsWith(date) ? '' : `${date} `;
  return `${day}${time.slice(0, 5)} UTC`;
}
