import type { Dispatcher } from 'undici';

/** The same dispatcher; `sent` is called at each request, and what it gives when that is answered or has failed. */
export function noticing(dispatcher: Dispatcher, sent: () => () => void): Dispatcher {
  const request = async (...args: Parameters<Dispatcher['request']>): Promise<unknown> => {
    const answered = sent();
    try {
      return await dispatcher.request(...args);
    } finally {
      answered();
    }
  };
  return new Proxy(dispatcher, {
    get(target, key) {
      if (key === 'request') return request;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
