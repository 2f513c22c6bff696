/** Agora's hosts as one function: what each request is answered with. */
import type { Dispatcher } from 'undici';
import { createAgoraApi, type AgoraApiOptions } from '../../../src/recorders/agora/api.ts';

export interface Sent {
  origin: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
  headersTimeout: number;
}

export interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** The request fails so, with the code of a system error. */
  fails?: string;
}

export function stubbed(answer: (sent: Sent) => Answer, over: Partial<AgoraApiOptions> = {}) {
  const sent: Sent[] = [];
  const request = async (options: Dispatcher.RequestOptions): Promise<unknown> => {
    const { origin, method, path, headers, body, headersTimeout, signal } = options;
    (signal as AbortSignal | undefined)?.throwIfAborted();
    const one: Sent = {
      origin: String(origin),
      method,
      path,
      headers: headers as Record<string, string>,
      body: typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined,
      headersTimeout: headersTimeout ?? 0,
    };
    sent.push(one);
    const { status = 200, body: told = '', headers: answered = {}, fails } = answer(one);
    if (fails !== undefined) throw Object.assign(new Error(fails), { code: fails, syscall: 'connect' });
    const text = typeof told === 'string' ? told : JSON.stringify(told);
    return { statusCode: status, headers: answered, body: [Buffer.from(text)] };
  };
  const api = createAgoraApi({
    appId: 'a'.repeat(32),
    customerId: 'customer',
    customerSecret: 'CANARY-customer-secret',
    dispatcher: { request } as unknown as Dispatcher,
    ...over,
  });
  return { api, sent };
}
