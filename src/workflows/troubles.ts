/** Gathers a trouble that many sessions have, and tells of it once; keeps announced work at an account. */
import {
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/wire.ts';
import {
  gathering,
  learnMaintenance,
  learnTrouble,
  scopeSubject,
  thinkOver,
  underMaintenance,
  type Gathered,
  type MaintenanceWish,
  type TroubleReport,
} from '../session/gathered.ts';
import type { Notice } from '../session/notices.ts';
import {
  maintenanceWish,
  recorderEvent,
  troubleReport,
  troublesQuery,
  type TroublesInput,
  type TroublesView,
} from './definitions.ts';
import { noticeFeed } from './notice-feed.ts';

/** Reads the configuration: repeated freely. */
const { noticeReceivers } = proxyActivities<Pick<Activities, 'noticeReceivers'>>({
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

export async function troubles(input: TroublesInput): Promise<void> {
  const state = input.carried ?? gathering(input.installation, input.scope);
  let news = false;
  // Anybody can send a signal: what cannot be understood is passed over.
  setHandler(troubleReport, (report) => {
    if (typeof report?.sessionId !== 'string' || report.trouble?.scope !== state.scope) return;
    news = true;
    learnTrouble(state, report, Date.now());
    const work = underMaintenance(state, Date.now());
    if (work && report.trouble.state === 'on') void tellSession(report, state, work);
  });
  setHandler(maintenanceWish, (wish) => {
    if (typeof wish?.until !== 'number' || typeof wish.by !== 'string') return;
    news = true;
    learnMaintenance(state, { ...wish, reason: wish.reason ?? null }, Date.now());
  });
  setHandler(troublesQuery, () => viewOf(state));

  for (;;) {
    news = false;
    const { notices, wakeAt, over } = thinkOver(state, Date.now());
    if (notices.length > 0) await tell(state, notices, over);
    if (news) continue;
    if (over) return;
    if (workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof troubles>({ ...input, carried: state });
    const heard = (): boolean => news || workflowInfo().continueAsNewSuggested;
    if (wakeAt === null) await condition(heard);
    else await condition(heard, Math.max(1, wakeAt - Date.now()));
  }
}

/** The receivers are asked for each time: the configuration may have others by now. */
async function tell(state: Gathered, notices: Notice[], last: boolean): Promise<void> {
  const feed = noticeFeed(scopeSubject(state), await noticeReceivers());
  feed.tell(notices, last);
  await condition(() => feed.idle());
}

/** A session that began, or came into trouble, after the work was announced. */
async function tellSession(
  { workflowId }: TroubleReport,
  { scope }: Gathered,
  work: MaintenanceWish,
): Promise<void> {
  const { until, by, reason } = work;
  const id = `maintenance/${scope}/${until}`;
  await getExternalWorkflowHandle(workflowId)
    .signal(recorderEvent, {
      id,
      at: Date.now(),
      kind: 'maintenance',
      until,
      by,
      ...(reason !== null && { reason }),
    })
    .catch(() => undefined);
}

function viewOf({ sessions, told, maintenance }: Gathered): TroublesView {
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    sessions: Object.keys(sessions).length,
    told: told && { at: iso(told.at), sessions: told.sessions, code: told.code },
    maintenance: maintenance && {
      until: iso(maintenance.until),
      by: maintenance.by,
      reason: maintenance.reason,
    },
  };
}
