/** What the API tells of finished files: the index, single entries of it, and the contents of recordings. */
import { choice, paged, playDomain, range, required, tripleOf, type Parameters } from './parameters.ts';
import { refuse } from './reply.ts';
import { nextSerial, type AlibabaState, type IndexEntry, type Triple } from './state.ts';
import { writeTime } from './times.ts';

type Body = Record<string, unknown>;

const MOST_DAYS = 4;
const MONTH_MS = 30 * 86_400_000;

export function describeIndexFiles(state: AlibabaState, parameters: Parameters): Body {
  const triple = namedTriple(state, parameters);
  const { from, to } = range(state, parameters, MOST_DAYS);
  const order = choice(parameters, 'Order', ['asc', 'desc']);
  const found = kept(state, triple)
    .filter(({ startAt, endAt }) => startAt < to && endAt > from)
    .toSorted((a, b) => (order === 'asc' ? a.startAt - b.startAt : b.startAt - a.startAt));
  const { rows, fields } = paged(found, parameters, { usual: 10, min: 5, max: 30 });
  return { RecordIndexInfoList: { RecordIndexInfo: rows.map(described) }, Order: order, ...fields };
}

export function describeIndexFile(state: AlibabaState, parameters: Parameters): Body {
  const triple = namedTriple(state, parameters);
  const id = required(state, parameters, 'RecordId');
  const found =
    kept(state, triple).find(({ recordId }) => recordId === id) ??
    refuse(404, 'InvalidRecord.NotFound', 'The record does not exist.');
  return { RecordIndexInfo: described(found) };
}

/** One row a recording, however many files it has. */
export function describeRecordContent(state: AlibabaState, parameters: Parameters): Body {
  const triple = namedTriple(state, parameters);
  const { from, to } = range(state, parameters, MOST_DAYS);
  const found = kept(state, triple).filter(({ startAt, endAt }) => startAt < to && endAt > from);
  const tasks = [...new Set(found.map(({ task }) => task))];
  const filesBy = tasks.map((task) => found.filter((file) => file.task === task));
  const contents = filesBy.map((files) => ({
    OssBucket: files[0]!.bucket,
    OssEndpoint: files[0]!.endpoint,
    OssObjectPrefix: files[0]!.prefix,
    StartTime: writeTime(Math.min(...files.map(({ startAt }) => startAt))),
    EndTime: writeTime(Math.max(...files.map(({ endAt }) => endAt))),
    Duration: files.reduce((sum, { durationS }) => sum + durationS, 0),
  }));
  return { RecordContentInfoList: { RecordContentInfo: contents } };
}

/** Makes a playlist of the slices within a range: without any there is nothing to make it of. */
export function createIndexFiles(state: AlibabaState, parameters: Parameters): Body {
  const triple = namedTriple(state, parameters);
  const endpoint = required(state, parameters, 'OssEndpoint');
  const bucket = required(state, parameters, 'OssBucket');
  const file = required(state, parameters, 'OssObject');
  const { from, to } = range(state, parameters, MOST_DAYS);
  const parts = kept(state, triple).filter(
    ({ format, startAt, endAt }) => (format === 'm3u8' || format === 'cmaf') && startAt < to && endAt > from,
  );
  const [first] = parts;
  if (!first) refuse(404, 'InvalidStream.NotFound', 'Stream does not exist.');
  const startAt = Math.max(from, Math.min(...parts.map((part) => part.startAt)));
  const endAt = Math.min(to, Math.max(...parts.map((part) => part.endAt)));
  const made: IndexEntry = {
    ...first,
    recordId: state.config.names.uuid('record', nextSerial(state)).toLowerCase(),
    file,
    bucket,
    endpoint,
    startAt,
    endAt,
    durationS: Math.min(
      (endAt - startAt) / 1000,
      parts.reduce((sum, part) => sum + part.durationS, 0),
    ),
    createdAt: state.at,
  };
  state.index.push(made);
  return { RecordInfo: described(made) };
}

function namedTriple(state: AlibabaState, parameters: Parameters): Triple {
  return tripleOf(state, parameters, playDomain(state, parameters).play);
}

function kept(state: AlibabaState, { domain, app, name }: Triple): IndexEntry[] {
  const since = state.at - state.config.unknowns.indexMonths * MONTH_MS;
  return state.index.filter(
    (entry) => entry.domain === domain && entry.app === app && entry.name === name && entry.createdAt > since,
  );
}

function described(entry: IndexEntry): Body {
  return {
    RecordId: entry.recordId,
    RecordUrl: `http://${entry.bucket}.${entry.endpoint}/${entry.file}`,
    DomainName: entry.domain,
    AppName: entry.app,
    StreamName: entry.name,
    OssBucket: entry.bucket,
    OssEndpoint: entry.endpoint,
    OssObject: entry.file,
    StartTime: writeTime(entry.startAt),
    EndTime: writeTime(entry.endAt),
    Duration: entry.durationS,
    Width: 1280,
    Height: 720,
    CreateTime: writeTime(entry.createdAt),
    Format: entry.format,
  };
}
