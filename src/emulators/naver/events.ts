/** Events: kept for the lists, and told to the endpoint of the channel or else to the default one, unsigned. */
import { nextOf, told, type Channel, type LiveEvent, type NaverState } from './state.ts';

/** What each is, in the description that lists show. */
const DESCRIPTIONS = {
  STREAM_RESERVE: 'Channel created',
  STREAM_UPDATE: 'Channel changed',
  PUBLISH_START: 'Publishing started',
  PUBLISH_END: 'Publishing ended',
  ONAIR_START: 'Recording started',
  ONAIR_END: 'Recording ended',
  RTMP_MAIN_STREAM_ENABLED: 'Main stream enabled',
  RTMP_BACKUP_STREAM_ENABLED: 'Backup stream enabled',
  // These come of nothing that is emulated: only the control `event` tells them.
  THUMBNAIL_CREATE: 'Thumbnail created',
  SIMULCAST_STATUS_CHANGE: 'Simulcast status changed',
  PUBLISH_OVER_THRESHOLD: 'Publishing over threshold',
} as const;

export type EventCode = keyof typeof DESCRIPTIONS;
export const EVENT_CODES = Object.keys(DESCRIPTIONS) as EventCode[];

export function tell(state: NaverState, channel: Channel, at: number, eventCode: EventCode): void {
  const event: LiveEvent = {
    id: nextOf(state, 'event'),
    logLevel: 'INFO',
    eventCode,
    description: DESCRIPTIONS[eventCode],
    timestamp: at,
    channelId: channel.id,
  };
  state.events.push(event);
  state.outbox.send(at, {
    event: `${eventCode} ${channel.id}`,
    url: channel.callbackUrl ?? state.defaultCallback?.url ?? '',
    make: () => eventRequest(state, event),
  });
}

function eventRequest(
  state: NaverState,
  event: LiveEvent,
): { headers: Record<string, string>; body: string } {
  const asText = state.config.unknowns.eventTypes === 'text';
  const typed = (value: number) => (asText ? String(value) : value);
  const { id, logLevel, channelId, eventCode, timestamp } = event;
  // The same code is `event` here and `eventCode` in the lists.
  const sent = {
    id: typed(id),
    logLevel,
    channelId,
    event: eventCode,
    timestamp: typed(told(state, timestamp)),
  };
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(sent) };
}
