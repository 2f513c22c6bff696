/** Alerts about streams, in the order in which the vendor's own modules tell of them (OvenMediaEngine v0.20.0, monitoring.cpp). */
import { toIso } from './local-time.ts';
import { sourceTypeOf, trackObject } from './source-info.ts';
import { signedRequest } from './signature.ts';
import type { OmeServer, Source, Track } from './state.ts';

const SAID = {
  INGRESS_STREAM_CREATED: 'A new ingress stream has been created',
  INGRESS_STREAM_PREPARED: 'A ingress stream has been prepared',
  INGRESS_STREAM_DELETED: 'A ingress stream has been deleted',
  INGRESS_STREAM_CREATION_FAILED_DUPLICATE_NAME:
    'Failed to create stream because the specified stream name is already in use',
  EGRESS_STREAM_CREATED: 'A new egress stream has been created',
  EGRESS_STREAM_PREPARED: 'A egress stream has been prepared',
  EGRESS_STREAM_DELETED: 'A egress stream has been deleted',
};
export type AlertCode = keyof typeof SAID;

/** The input is created, then its outputs, then all are prepared: outputs are made before the input counts as prepared. */
export function alertOfArrival(server: OmeServer, source: Source, at: number): void {
  const first = server.config.unknowns.inputPreparedFirst;
  alertOfInput(server, source, at, 'INGRESS_STREAM_CREATED');
  if (first) alertOfInput(server, source, at, 'INGRESS_STREAM_PREPARED');
  alertOfOutputs(server, source, at, 'EGRESS_STREAM_CREATED');
  if (!first) alertOfInput(server, source, at, 'INGRESS_STREAM_PREPARED');
  alertOfOutputs(server, source, at, 'EGRESS_STREAM_PREPARED');
}

export function alertOfLeaving(server: OmeServer, source: Source, at: number): void {
  alertOfInput(server, source, at, 'INGRESS_STREAM_DELETED');
  alertOfOutputs(server, source, at, 'EGRESS_STREAM_DELETED');
}

export function alertOfInput(server: OmeServer, source: Source, at: number, code: AlertCode): void {
  const tracks = source.outputs[0]?.tracks ?? [];
  alert(server, source, at, code, { name: source.name, tracks, sourceType: sourceTypeOf(source) });
}

function alertOfOutputs(server: OmeServer, source: Source, at: number, code: AlertCode): void {
  for (const { name, tracks } of source.outputs) {
    alert(server, source, at, code, { name, tracks, sourceType: 'Transcoder' });
  }
}

function alert(
  server: OmeServer,
  source: Source,
  at: number,
  code: AlertCode,
  { name, tracks, sourceType }: { name: string; tracks: Track[]; sourceType: string },
): void {
  const { alerts, zoneOffsetMinutes } = server.config;
  if (!alerts) return;
  const request = signedRequest(
    {
      type: code.split('_', 1)[0],
      messages: [{ code, description: SAID[code] }],
      sourceUri: `#${source.vhost}#${source.app}/${name}`,
      sourceInfo: {
        name,
        sourceType,
        createdTime: toIso(source.startedAt, zoneOffsetMinutes),
        tracks: tracks.map((track) => trackObject(source, track)),
      },
    },
    alerts.secretKey,
  );
  const event = `${code} ${source.vhost}/${source.app}/${name}`;
  server.outbox.send(at, { event, url: alerts.url, make: () => request });
}
