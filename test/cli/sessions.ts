/** Sessions as the client tells them: one at 3:12:41 in Berlin, and what a test changes of it. */
import type { SessionStatus } from '../../src/client/types.ts';
import type { Outcome } from '../../src/session/state.ts';
import type { LastKnown, StatusView, TakeView } from '../../src/session/views.ts';

export const reader = { now: Date.parse('2026-11-25T02:12:41Z'), zone: 'UTC' };

const SESSION = { sessionId: '01JDG', name: 'ch-news', key: 'ome/studio/default/app/news1' };

export function take(change: Partial<TakeView> = {}): TakeView {
  return {
    number: 3,
    status: 'open',
    recording: 'rec-3',
    actual: 'recording',
    since: '2026-11-25T01:58:10Z',
    evidence: 'observed',
    provedTo: '2026-11-25T02:12:30Z',
    suspectSince: null,
    files: 11,
    boundAt: null,
    endsAt: null,
    storage: null,
    credentialsSince: null,
    credentialsUntil: null,
    ...change,
  };
}

export function trouble(
  change: Partial<StatusView['troubles'][number]> = {},
): StatusView['troubles'][number] {
  const since = '2026-11-25T02:10:00Z';
  return { about: 'look', who: 'vendor', code: 'E_VENDOR_FAULT', text: '503', since, times: 4, ...change };
}

export function view(change: Partial<StatusView> = {}): StatusView {
  return {
    ...SESSION,
    account: 'studio',
    owner: 'team-news',
    phase: 'recording',
    phaseSince: '2026-11-24T22:30:00Z',
    conditions: [],
    desired: {
      state: 'recording',
      since: '2026-11-24T22:30:00Z',
      by: 'team-news',
      reason: null,
      until: null,
    },
    window: {
      from: '2026-11-24T22:30:00Z',
      until: '2026-11-25T03:00:00Z',
      recordingFrom: '2026-11-24T22:30:00Z',
      limit: null,
      overrunMs: 0,
      zone: 'Europe/Berlin',
    },
    takes: [take()],
    storage: { destination: null },
    settings: {},
    source: { state: 'up', since: '2026-11-25T01:58:04Z', drops: 5, longestMs: 52_000 },
    callbacks: null,
    maintenance: null,
    claims: [{ owner: 'team-news', until: '2026-11-25T03:00:00Z', name: 'ch-news' }],
    neighbours: [],
    accountChanges: [],
    soFar: {
      windowMs: 13_361_000,
      recordedMs: 13_220_000,
      percent: 98.9,
      byEvidence: { inferred: 0, observed: 13_220_000, filed: 0, stored: 0 },
      gapMs: { paused: 10_000, 'source-absent': 131_000 },
      verdict: 'partial',
    },
    troubles: [],
    next: [
      { at: '2026-11-25T02:30:00Z', what: 'new run' },
      { at: '2026-11-25T02:40:00Z', what: 'refresh' },
      { at: '2026-11-25T03:00:00Z', what: 'window ends' },
    ],
    lane: null,
    log: [
      { sequence: 1, at: '2026-11-24T22:30:00Z', kind: 'phase', text: 'the session begins' },
      {
        sequence: 2,
        at: '2026-11-24T23:31:00Z',
        kind: 'command',
        text: 'extend until 2026-11-25T03:00:00.000Z by the night desk',
      },
    ],
    revision: 1,
    outcome: null,
    asOf: '2026-11-25T02:12:30Z',
    ...change,
  };
}

export function status(change: Partial<SessionStatus> = {}): SessionStatus {
  return {
    ...SESSION,
    source: 'live',
    ended: false,
    view: view(),
    lastKnown: null,
    look: null,
    silent: null,
    result: null,
    totals: null,
    zone: 'Europe/Berlin',
    startAt: null,
    archive: '/archive',
    ...change,
  };
}

export function lastKnown(): LastKnown {
  return {
    phase: 'recording',
    since: '2026-11-24T22:30:00Z',
    conditions: [],
    take: 3,
    recording: 'rec-3',
    desired: 'recording',
    until: '2026-11-25T03:00:00Z',
    recordedMs: 13_220_000,
    recordingSince: null,
    percent: 98.9,
    trouble: 'vendor: 503',
    outcome: null,
    asOf: '2026-11-25T01:40:12Z',
  };
}

export function ended(outcome: Outcome): SessionStatus {
  return status({
    source: 'archive',
    ended: true,
    view: null,
    result: {
      ...SESSION,
      outcome,
      verdict: 'partial',
      windowMs: 3_600_000,
      totals: {
        recordedMs: 3_526_000,
        byEvidence: { inferred: 76_000, observed: 0, filed: 3_450_000, stored: 0 },
        gapMs: { 'source-absent': 52_000, paused: 22_000 },
      },
      takes: 3,
      parts: 4,
    },
    totals: {
      windowMs: 3_600_000,
      recordedMs: 3_526_000,
      percent: 97.9,
      byEvidence: { inferred: 76_000, observed: 0, filed: 0, stored: 3_450_000 },
      gapMs: { 'source-absent': 52_000, paused: 22_000 },
      verdict: 'partial',
    },
  });
}
