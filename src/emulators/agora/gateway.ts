/** What stands before the service: routes, credentials, projects, requests a second. It answers with `{message}`. */
import type { EmulatorRequest, EmulatorResponse } from '../emulator.ts';
import { gatewaySays } from './reply.ts';
import type { Route } from './routes.ts';
import type { AgoraState } from './state.ts';

/** The gateway's refusal; undefined when the request may pass. */
export function stopAtGateway(
  state: AgoraState,
  request: EmulatorRequest,
  route: Route,
  now: number,
): EmulatorResponse | undefined {
  if (route.op === 'unknown') return gatewaySays(404, 'no Route matched with those values');
  const header = request.headers['authorization'];
  if (header === undefined) return gatewaySays(401, 'Unauthorized');
  const [scheme = '', credential = ''] = header.split(' ');
  if (scheme.toLowerCase() !== 'basic' || credential !== state.config.authorization)
    return gatewaySays(401, 'Invalid authentication credentials');
  if (route.op === 'ncsIp') return undefined;
  if (!state.apps.has(route.appId)) return gatewaySays(400, 'appid is invalid');
  return takeToken(state, route.appId, now) ? undefined : gatewaySays(429, 'API rate limit exceeded');
}

function takeToken(state: AgoraState, appId: string, now: number): boolean {
  const { qps } = state.config;
  const known = state.buckets.get(appId) ?? { tokens: qps, at: now };
  const refilled = known.tokens + (Math.max(0, now - known.at) * qps) / 1000;
  const bucket = { tokens: Math.min(qps, refilled), at: Math.max(now, known.at) };
  state.buckets.set(appId, bucket);
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}
