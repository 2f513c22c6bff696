/** Notifications: how many reach their receivers, and how old the oldest is that has not. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { atMost } from './at-most.ts';

export interface NoticeMetrics {
  /** A receiver has taken a notification. `id`: the one that it is sent under, the same at each repeat. */
  noticeSent(receiver: string, id: string): void;
  /** A receiver has not; it is sent again. `createdAt`: when what it tells happened, epoch milliseconds. */
  noticeFailed(receiver: string, id: string, createdAt: number): void;
}

/** The longest wait between two tries is 15 min: after more than that another worker has sent it, or it was given up. */
const FORGOTTEN_MS = 20 * 60_000;
/** So many that wait are remembered. */
const REMEMBERED = 10_000;

interface Unsent {
  receiver: string;
  createdAt: number;
  triedAt: number;
}

export function noticeMetrics(registry: Registry, now: () => number): NoticeMetrics {
  const registers = [registry];
  const sent = new Counter({
    name: 'keeprolling_notifications_total',
    help: 'Notifications that this worker has tried to send; result is ok or failed. A failed one is sent again.',
    labelNames: ['receiver', 'result'] as const,
    registers,
  });
  const unsent = atMost<Unsent>(REMEMBERED);
  const gauge = new Gauge({
    name: 'keeprolling_notification_oldest_unsent_age_seconds',
    help: 'Age of the oldest notification that its receiver does not take, of those that this worker tries to send.',
    labelNames: ['receiver'] as const,
    registers: [],
    collect() {
      this.reset();
      for (const [receiver, createdAt] of oldest(unsent, now()))
        this.set({ receiver }, (now() - createdAt) / 1000);
    },
  });
  registry.registerMetric(gauge);
  return {
    noticeSent(receiver, id) {
      sent.inc({ receiver, result: 'ok' });
      unsent.delete(`${receiver} ${id}`);
    },
    noticeFailed(receiver, id, createdAt) {
      sent.inc({ receiver, result: 'failed' });
      unsent.set(`${receiver} ${id}`, { receiver, createdAt, triedAt: now() });
    },
  };
}

function oldest(unsent: Map<string, Unsent>, now: number): Map<string, number> {
  const found = new Map<string, number>();
  for (const [key, { receiver, createdAt, triedAt }] of unsent) {
    if (now - triedAt > FORGOTTEN_MS) unsent.delete(key);
    else found.set(receiver, Math.min(createdAt, found.get(receiver) ?? Infinity));
  }
  return found;
}
