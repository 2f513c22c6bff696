/** A page of many channels, made so, left so, changed and taken away, on a real server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import {
  expandDocument,
  type Applied,
  type AppliedDocument,
  type KeepRolling,
} from '../../../src/client/index.ts';
import { clientKit, failureOf, type ClientKit } from '../kit.ts';

let kit: ClientKit;
let client: KeepRolling;

beforeAll(async () => {
  kit = await clientKit();
  client = await kit.connect({
    templates: {
      channel: { account: 'account', labels: { tier: 'gold' }, schedule: { zone: 'Europe/Berlin' } },
    },
  });
});
afterAll(async () => {
  await client.apply([], { prune: true });
  await kit.close();
});

const CHANNELS = 300;
const page = (until: string, last = CHANNELS): string => `
each: { n: 1..${last} }
template: channel
name: ch-{n:3}
target: { app: app, stream: "${kit.world.prefix}channel{n}" }
schedule: { at: "20:00", until: "${until}", days: mon-fri }
`;

function documentsOf(text: string): AppliedDocument[] {
  return parseAllDocuments(text).flatMap((one) =>
    expandDocument(one.toJS()).documents.map(({ document, about }) => ({
      label: `page.yaml, ${about}`,
      document,
    })),
  );
}

const failed = ({ outcomes }: Applied): unknown[] =>
  outcomes.filter(({ error }) => error !== null).slice(0, 3);

describe('a page of 300 channels', { timeout: 400_000 }, () => {
  it('is planned, made, left as it is, changed and taken away', async () => {
    const documents = documentsOf(page('22:00'));
    expect((await client.apply(documents, { plan: true })).counts).toEqual({ create: CHANNELS });
    const made = await client.apply(documents);
    expect([made.counts, failed(made)]).toEqual([{ create: CHANNELS }, []]);

    // At once: lists may not show all of them yet.
    expect((await client.apply(documents)).counts).toEqual({ unchanged: CHANNELS });

    const later = documentsOf(page('22:30'));
    const changed = await client.apply(later);
    expect([changed.counts, failed(changed)]).toEqual([{ update: CHANNELS }, []]);
    expect((await client.apply(later)).counts).toEqual({ unchanged: CHANNELS });
    expect(await client.schedules.show('ch-007')).toMatchObject({
      rule: 'Mon–Fri 20:00 – 22:30 Europe/Berlin',
      labels: { tier: 'gold' },
      applied: true,
      warnings: [],
      runs: [],
    });

    const fewer = documentsOf(page('22:30', 2));
    const plan = await client.apply(fewer, { prune: true, plan: true });
    expect(plan.counts).toEqual({ prune: CHANNELS - 2, unchanged: 2 });
    expect((await client.apply(fewer, { prune: true })).counts).toEqual({
      prune: CHANNELS - 2,
      unchanged: 2,
    });
    expect((await failureOf(client.schedules.show('ch-300'))).code).toBe('E_SCHEDULE_UNKNOWN');
  });
});

describe('documents of which some are wrong', () => {
  it('are refused all at once, and nothing is done', async () => {
    const [right, wrong, other] = documentsOf(page('22:00', 3));
    const documents = [
      right!,
      { label: 'b.yaml', document: { ...(wrong!.document as object), account: 'nobody' } },
      { label: 'c.yaml', document: { ...(other!.document as object), name: 'ch-001' } },
    ];
    const error = await failureOf(client.apply(documents));
    expect(error.code).toBe('E_SPEC_INVALID');
    expect(error.details.problems).toMatchObject([
      { document: 'b.yaml', where: 'account' },
      { document: 'c.yaml', where: 'name', problem: 'page.yaml, n=1 has this name, too' },
    ]);
  });
});
