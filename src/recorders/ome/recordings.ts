/** Everything that records on a server, whoever began it: the records of every application of every virtual host. */
import type { TakeName } from '../../session/facts.ts';
import type { OmeTarget } from '../../contract/vendors/ome.ts';
import type { Running } from '../recorder.ts';
import { isRefusal, type OmeApi, type OmeApp, type OmeCallOptions } from './api.ts';
import { apiOf, asJson, QUESTION, type OmeContext } from './handle.ts';
import { isRecordOf, parseMetadata, parseRecordId, pathTemplates } from './names.ts';
import { omeInstant, type OmeRecord } from './wire.ts';

/** Armed, failed and stopped records too: the next stream of their name makes each of them record again. */
export async function recordings(context: OmeContext): Promise<Running<OmeTarget>[]> {
  const api = apiOf(context);
  const how = { ...QUESTION, ...(context.signal && { signal: context.signal }) };
  const found: Running<OmeTarget>[] = [];
  for (const vhost of await api.vhosts(how)) {
    for (const app of await api.apps(vhost, how)) {
      for (const record of await recordsOf(api, { vhost, app }, how)) {
        if (record.id !== undefined)
          found.push(runningAs(context, { vhost, app }, { ...record, id: record.id }));
      }
    }
  }
  return found;
}

async function recordsOf(api: OmeApi, app: OmeApp, how: OmeCallOptions): Promise<OmeRecord[]> {
  try {
    return await api.records(app, undefined, how);
  } catch (error) {
    // What has no <FILE> publisher cannot record.
    if (isRefusal(error, 'no-publisher')) return [];
    throw error;
  }
}

function runningAs(
  { account, now }: OmeContext,
  { vhost, app }: OmeApp,
  record: OmeRecord & { id: string },
): Running<OmeTarget> {
  const { id, state } = record;
  const name = nameOf(record);
  const output = record.stream?.name ?? '';
  const stream = (name && parseMetadata(record.metadata)?.stream) ?? output;
  const since = omeInstant(record.createdTime) ?? null;
  const { filePath = pathTemplates(account.filePrefix, 'ts').filePath } = record;
  return {
    target: { vhost, app, stream },
    recording: `${vhost}/${app}/${id}`,
    name,
    handle: asJson({ id, vhost, app, output, filePath, createdAt: since ?? now() }),
    since,
    state,
  };
}

/** null where id and metadata do not both say whose it is. */
function nameOf(record: OmeRecord & { id: string }): TakeName | null {
  const name = parseRecordId(record.id);
  return name && isRecordOf(record, name) ? name : null;
}
