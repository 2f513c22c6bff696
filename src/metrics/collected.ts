/** What is asked of Temporal every half minute. Between two answers, and while nobody answers, the last ones stand. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Sessions, Standing } from './standing.ts';

export interface CollectedMetrics {
  stands(standing: Standing): void;
  /** `at`: when they were listed, epoch milliseconds. */
  sessions(sessions: Sessions, at: number): void;
  heartbeat(result: 'ok' | 'failed' | 'held-back'): void;
}

export function collectedMetrics(registry: Registry, now: () => number): CollectedMetrics {
  const registers = [registry];
  const reachable = new Gauge({
    name: 'keeprolling_server_reachable',
    help: '1 while the Temporal server answers, 0 while it does not.',
    registers,
  });
  const accounts = new Gauge({
    name: 'keeprolling_account_without_worker',
    help: '1 while no worker takes the calls of an account: nothing of it is started, stopped or looked at.',
    labelNames: ['account'] as const,
    registers,
  });
  const workflows = new Gauge({
    name: 'keeprolling_sessions_without_worker',
    help: '1 while no worker runs the sessions themselves: nothing is decided. What vendors record goes on.',
    registers,
  });
  const open = new Gauge({
    name: 'keeprolling_sessions_open',
    help: 'Open and scheduled sessions by phase, as of keeprolling_collected_timestamp_seconds.',
    labelNames: ['account', 'phase'] as const,
    registers,
  });
  const needed = new Gauge({
    name: 'keeprolling_sessions_in_trouble',
    help: 'Open sessions in trouble by who must act: you, destination, source, vendor or keeprolling; without those at whose recorder work is announced. keeprolling list --problems names them.',
    labelNames: ['who'] as const,
    registers,
  });
  let announced: Sessions['maintenance'] = {};
  const maintenance = new Gauge({
    name: 'keeprolling_maintenance',
    help: '1 while work at an account is announced, as its open sessions know: alerts on the account are to be silent.',
    labelNames: ['account'] as const,
    registers: [],
    // It ends at its time, also while nobody can be asked.
    collect() {
      this.reset();
      for (const [account, until] of Object.entries(announced))
        this.set({ account }, until !== null && now() < until ? 1 : 0);
    },
  });
  registry.registerMetric(maintenance);
  const collected = new Gauge({
    name: 'keeprolling_collected_timestamp_seconds',
    help: 'When the sessions were last counted, Unix time. Old: what is told of open sessions is old.',
    registers,
  });
  const heartbeats = new Counter({
    name: 'keeprolling_heartbeats_total',
    help: 'Heartbeats that were due: ok, failed (their address did not take them), held-back (something is wrong).',
    labelNames: ['result'] as const,
    registers,
  });
  // Not told as 0 before they are known.
  for (const gauge of [reachable, workflows, collected]) gauge.remove();
  return {
    stands({ server, accounts: polled, sessions }) {
      reachable.set(server ? 1 : 0);
      if (sessions !== null) workflows.set(sessions ? 0 : 1);
      for (const [account, hasWorker] of Object.entries(polled))
        if (hasWorker !== null) accounts.set({ account }, hasWorker ? 0 : 1);
    },
    sessions({ byPhase, byWho, maintenance: works }, at) {
      announced = works;
      open.reset();
      for (const { account, phase, count } of byPhase) open.set({ account, phase }, count);
      for (const [who, count] of Object.entries(byWho)) needed.set({ who }, count);
      collected.set(at / 1000);
    },
    heartbeat: (result) => heartbeats.inc({ result }),
  };
}
