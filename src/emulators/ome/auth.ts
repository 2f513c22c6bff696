/** `Authorization: Basic base64(AccessToken)`: the whole token, with no user name (OvenMediaEngine, root_controller.cpp). */
import type { EmulatorRequest, EmulatorResponse } from '../emulator.ts';
import { failure } from './reply.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The 401 of a request without the right token; undefined when it may pass. */
export function refuseStranger(request: EmulatorRequest, accessToken: string): EmulatorResponse | undefined {
  const header = request.headers['authorization'];
  if (!header) return unauthorized('Authorization header is required to call API');
  const parts = header.split(' ');
  if (parts.length !== 2) return unauthorized('Invalid authorization header');
  const [scheme = '', credential = ''] = parts;
  if (scheme.toUpperCase() !== 'BASIC') return unauthorized(`Not supported credential type: ${scheme}`);
  if (credential === '' || !BASE64.test(credential)) return unauthorized('Invalid credential format');
  if (Buffer.from(credential, 'base64').toString('utf8') !== accessToken)
    return unauthorized('Invalid credential');
  return undefined;
}

function unauthorized(text: string): EmulatorResponse {
  return failure(401, text, { 'WWW-Authenticate': 'Basic realm="OvenMediaEngine"' });
}
