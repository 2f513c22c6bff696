/** A start: one record under our own name, however often it is sent. */
import type { Failure, Started } from '../../session/facts.ts';
import type { OmeOptions, OmeTarget } from '../../contract/vendors/ome.ts';
import { VendorFailure } from '../recorder.ts';
import type { StartRequest } from '../recorder.ts';
import { isRefusal } from './api.ts';
import type { OmeApi, OmeStartRecord } from './api.ts';
import { whyDead } from './dead.ts';
import { apiOf, appOf, asJson, QUESTION, sightOf, WRITE } from './handle.ts';
import type { OmeContext, OmeHandle } from './handle.ts';
import { isRecordOf, metadataText, pathTemplates, recordId } from './names.ts';
import { observe } from './observe.ts';
import { resolveOutput } from './output.ts';
import type { Output } from './output.ts';
import { omeInstant } from './wire.ts';
import type { OmeRecord } from './wire.ts';

/** Clocks that differ by less are taken as equal: edges are no finer than a second. */
const SKEW_MS = 2_000;

export type OmeStart = StartRequest<OmeTarget, OmeOptions>;

export async function start(context: OmeContext, request: OmeStart): Promise<Started> {
  const api = apiOf(context);
  const output = await resolveOutput(api, request.target, request.options);
  const askedAt = context.now();
  let record: OmeRecord;
  let wasOurs = false;
  try {
    record = await api.startRecord(appOf(request.target), requestOf(context, request, output.name), WRITE);
  } catch (error) {
    if (!isRefusal(error, 'duplicate-id')) throw error;
    record = await ownRecord(api, request, error.failure);
    wasOurs = true;
  }
  const at = context.now();
  // The clocks can be compared only where the task was made between the two readings of ours.
  const skewMs = wasOurs ? 0 : skewOf(record, askedAt, at);
  const handle = handleFor(context, request, output, record, skewMs);
  if (record.state === 'error') throw await refuseDead(api, request, record);
  const { observation } = observe(record, null, sightOf(handle, request, request.name.take, at));
  return {
    at,
    handle: asJson(handle),
    recording: `${handle.vhost}/${handle.app}/${handle.id}`,
    observation: { ...observation, source: `startRecord: ${told(record, handle)}` },
    ...(wasOurs && { wasOurs: true }),
  };
}

function requestOf(context: OmeContext, request: OmeStart, output: string): OmeStartRecord {
  const { target, options, name, title } = request;
  const { interval, schedule, segmentationRule, variantNames = [] } = options;
  return {
    id: recordId(name),
    stream: { name: output, ...(variantNames.length > 0 && { variantNames }) },
    metadata: metadataText(name, title, target.output ?? target.stream),
    ...pathTemplates(context.account.filePrefix, options.container, request.attempt),
    ...(interval !== undefined && { interval }),
    ...(schedule !== undefined && { schedule }),
    ...(segmentationRule !== undefined && { segmentationRule }),
  };
}

/** "Duplicate ID": an earlier start of ours was applied and its reply lost, or a stranger took the name. */
async function ownRecord(api: OmeApi, request: OmeStart, refusal: Failure): Promise<OmeRecord> {
  const id = recordId(request.name);
  const records = await api.records(appOf(request.target), id, QUESTION).catch((error: unknown) => {
    if (error instanceof VendorFailure) throw new VendorFailure({ ...error.failure, applied: 'unknown' });
    throw error;
  });
  const record = records.find((one) => one.id === id);
  if (!record) {
    const message = 'OvenMediaEngine refused the id as known and does not list it: it changes just now.';
    throw new VendorFailure({
      ...refusal,
      code: 'E_VENDOR_FAULT',
      message,
      who: 'vendor',
      retry: 'later',
      applied: 'unknown',
    });
  }
  if (isRecordOf(record, request.name)) return record;
  const message = `A record ${id} exists already and its metadata is not ours: somebody else made it.`;
  throw new VendorFailure({ ...refusal, code: 'E_FOREIGN_RECORDING', message });
}

/** In error it writes nothing, but the next stream of that name would revive it: it must go before a new start. */
async function refuseDead(api: OmeApi, request: OmeStart, record: OmeRecord): Promise<VendorFailure> {
  const failure = await whyDead(api, request.target, request.options, record);
  try {
    await api.stopRecord(appOf(request.target), recordId(request.name), QUESTION);
  } catch (error) {
    if (!isRefusal(error, 'no-record')) return new VendorFailure({ ...failure, applied: 'unknown' });
  }
  return new VendorFailure(failure);
}

function skewOf(record: OmeRecord, askedAt: number, at: number): number {
  const created = omeInstant(record.createdTime);
  if (created === undefined) return 0;
  const skewMs = Math.round(created - (askedAt + at) / 2);
  return Math.abs(skewMs) > SKEW_MS + (at - askedAt) / 2 ? skewMs : 0;
}

function handleFor(
  context: OmeContext,
  request: OmeStart,
  output: Output,
  record: OmeRecord,
  skewMs: number,
): OmeHandle {
  const created = omeInstant(record.createdTime);
  // A start that is repeated may find a record that waits for the name which the first attempt assumed.
  const name = record.stream?.name ?? output.name;
  return {
    id: recordId(request.name),
    ...appOf(request.target),
    output: name,
    ...((output.assumed || name !== output.name) && { assumed: true as const }),
    filePath:
      record.filePath ??
      pathTemplates(context.account.filePrefix, request.options.container, request.attempt).filePath,
    createdAt: created === undefined ? context.now() : created - skewMs,
    ...(skewMs !== 0 && { skewMs }),
  };
}

function told(record: OmeRecord, handle: OmeHandle): string {
  const state = `state "${record.state}"`;
  return handle.assumed ? `${state}, output assumed to be called ${handle.output}` : state;
}
