/**
 * All numbers that a worker or a gateway tells, in one registry of its own. Labels are names of the configuration and
 * words of ours, never sessions: the number of series is bounded. What is measured is told by functions with names, so
 * that nothing else of keeprolling knows Prometheus.
 */
import { Registry } from 'prom-client';
import { callMetrics, type CallMetrics } from './calls.ts';
import { callbackMetrics, type CallbackMetrics } from './callbacks.ts';
import { collectedMetrics, type CollectedMetrics } from './collected.ts';
import { noticeMetrics, type NoticeMetrics } from './notices.ts';
import { sessionMetrics, type SessionMetrics } from './sessions.ts';
import { refreshSlack, type RefreshSlack } from './slack.ts';

export interface Metrics extends CallMetrics, SessionMetrics, NoticeMetrics {
  readonly callbacks: CallbackMetrics;
  readonly slack: RefreshSlack;
  readonly collected: CollectedMetrics;
  /** In Prometheus' text format. */
  text(): Promise<string>;
}

export function createMetrics(now: () => number = Date.now): Metrics {
  const registry = new Registry();
  return {
    ...callMetrics(registry),
    ...sessionMetrics(registry),
    ...noticeMetrics(registry, now),
    callbacks: callbackMetrics(registry),
    slack: refreshSlack(registry, now),
    collected: collectedMetrics(registry, now),
    text: async () => await registry.metrics(),
  };
}
