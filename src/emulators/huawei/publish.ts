/** Puts a callback on its way: signed anew for each try, with an instant up to which it is good. */
import type { HuaweiState } from './state.ts';

/** How long a signature is good, and how soon a callback leaves, no page tells; these are ours. */
const LIFE_S = 600;
const LAG_MS = 200;
const APART_MS = 50;

export interface Published {
  event: string;
  url: string;
  /** Behind how many others of the same instant it comes. */
  late?: number;
  /** `expiry`: epoch seconds. */
  make: (expiry: number) => Record<string, unknown> & { auth_sign?: string };
}

export function publish(state: HuaweiState, at: number, { event, url, late = 0, make }: Published): void {
  const written = (sentAt: number) => make(Math.floor(sentAt / 1000) + LIFE_S);
  const posted = (body: unknown) => ({
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  state.outbox.send(at + LAG_MS + late * APART_MS, {
    event,
    url,
    make: (sentAt) => posted(written(sentAt)),
    forge: (sentAt) => {
      const body = written(sentAt);
      const { auth_sign: sign = '' } = body;
      return posted({ ...body, auth_sign: `${sign.startsWith('0') ? '1' : '0'}${sign.slice(1)}` });
    },
  });
}
