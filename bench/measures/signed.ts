/** Calls of the typed clients, which sign each request and check both ways, against bare undici with the same requests. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import {
  DEFAULT_ACCESS_KEY_ID,
  DEFAULT_ACCESS_KEY_SECRET,
  DEFAULT_PLAY_DOMAIN,
} from '../../src/emulators/alibaba/options.ts';
import {
  DEFAULT_ACCESS_KEY,
  DEFAULT_PROJECT_ID,
  DEFAULT_SECRET_KEY,
} from '../../src/emulators/huawei/options.ts';
import { createAlibabaApi } from '../../src/recorders/alibaba/api.ts';
import { createHttpAgent } from '../../src/recorders/http.ts';
import { createHuaweiApi } from '../../src/recorders/huawei/api.ts';
import { compiled } from '../paths.ts';
import { measured, type Measured } from '../report.ts';
import { inFlight, interleaved } from '../stats.ts';
import type { Counts } from './counts.ts';

/** What is read by a look. */
type Call = (url: string, dispatcher: Dispatcher) => () => Promise<unknown>;

const CALLS: Record<'alibaba' | 'huawei', Call> = {
  alibaba(url, dispatcher) {
    const keys = { accessKeyId: DEFAULT_ACCESS_KEY_ID, accessKeySecret: DEFAULT_ACCESS_KEY_SECRET };
    const api = createAlibabaApi({ url, dispatcher, keys });
    const query = { DomainName: DEFAULT_PLAY_DOMAIN, AppName: 'live', StreamName: 'cam1' };
    return async () => await api.call('DescribeLiveStreamState', query);
  },
  huawei(url, dispatcher) {
    const credentials = { accessKey: DEFAULT_ACCESS_KEY, secretKey: DEFAULT_SECRET_KEY };
    const api = createHuaweiApi({ url, dispatcher, projectId: DEFAULT_PROJECT_ID, credentials });
    return async () => await api.listRules({ limit: 10 });
  },
};

export async function signedCalls(counts: Counts): Promise<Measured[]> {
  const child = fork(compiled('worker/answering.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [urls] = (await once(child, 'message')) as [Record<keyof typeof CALLS, string>];
  try {
    return [await rate('alibaba', urls.alibaba, counts), await rate('huawei', urls.huawei, counts)];
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}

async function rate(
  vendor: keyof typeof CALLS,
  url: string,
  { signedRounds, signedCalls: each, inFlight: limit }: Counts,
): Promise<Measured> {
  const dispatcher = createHttpAgent();
  const call = CALLS[vendor](url, dispatcher);
  const perSecond = async (one: (index: number) => Promise<unknown>): Promise<number> => {
    const begunAt = performance.now();
    await inFlight(each, limit, async (index) => void (await one(index - 1)));
    return (each * 1000) / (performance.now() - begunAt);
  };
  const bare = async (): Promise<number> => {
    const signed = await signedRequests(vendor, url, each);
    return await perSecond(async (index) => {
      const { statusCode, body } = await dispatcher.request(signed[index]!);
      const told = await body.json();
      if (statusCode !== 200)
        throw new Error(`Bare undici was answered with ${statusCode}: ${JSON.stringify(told)}`);
    });
  };
  try {
    await perSecond(call);
    await bare();
    const { ours, baseline } = await interleaved(signedRounds, async () => await perSecond(call), bare);
    return measured(
      { name: `signed calls per second, ${vendor}`, value: ours, unit: 'calls/s', baseline },
      `median of ${signedRounds} runs each of ${each}, ${limit} in flight, interleaved; bare undici sends requests that were signed before, to the same emulated vendor in a process of its own, which checks each signature`,
      { ratioAtLeast: 0.85 },
    );
  } finally {
    await dispatcher.close();
  }
}

/** What the client would send: each once, since a signature counts once. */
async function signedRequests(
  vendor: keyof typeof CALLS,
  url: string,
  count: number,
): Promise<Dispatcher.RequestOptions[]> {
  const kept: Dispatcher.RequestOptions[] = [];
  const keeping = {
    request: async ({ origin, path, method, headers, body }: Dispatcher.RequestOptions) => {
      kept.push({ origin, path, method, headers, body } as Dispatcher.RequestOptions);
      return await Promise.resolve({
        statusCode: 503,
        headers: {},
        body: Readable.from([Buffer.from('{}')]),
      });
    },
  } as unknown as Dispatcher;
  const call = CALLS[vendor](url, keeping);
  for (let n = 0; n < count; n += 1) await call().catch(() => undefined);
  return kept;
}
