import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Row {
  says: string;
  field: string;
  where: string;
  seen: string;
  test: string;
}

const COLUMNS = ['The page says', 'Our field', 'Enforced where', 'What the user sees', 'Test'];

/** Sections by their second-level title, each a vendor's page. */
function pages(): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  let rows: Row[] = [];
  for (const line of readFileSync('docs/pages.md', 'utf8').split('\n')) {
    if (line.startsWith('## ')) found.set(line.slice(3), (rows = []));
    if (!line.startsWith('|') || /^\|[\s|-]+$/.test(line)) continue;
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells[0] === COLUMNS[0]) {
      if (cells.join() !== COLUMNS.join()) throw new Error(`Other columns than expected: ${line}`);
      continue;
    }
    if (cells.length !== COLUMNS.length) throw new Error(`Not ${COLUMNS.length} cells: ${line}`);
    const [says = '', field = '', where = '', seen = '', test = ''] = cells;
    rows.push({ says, field, where, seen, test });
  }
  return found;
}

async function testSources(): Promise<string> {
  const names = await readdir('test', { recursive: true });
  return names
    .filter((name) => name.endsWith('.test.ts') && !name.endsWith('pages.test.ts'))
    .map((name) => readFileSync(join('test', name), 'utf8'))
    .join('\n');
}

/** The title as it stands in a test file: after `it(`, or after the table of an `it.each`. */
function hasTest(sources: string, title: string): boolean {
  return ["'", '"', '`'].some(
    (quote) =>
      sources.includes(`(${quote}${title}${quote},`) || sources.includes(`${quote}${title}${quote},\n`),
  );
}

const code = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? '');

describe('docs/pages.md', () => {
  const all = [...pages()].flatMap(([page, rows]) => rows.map((row) => ({ page, ...row })));

  it('has rows, and no empty cell', () => {
    expect(all.length).toBeGreaterThan(40);
    expect(all.filter((row) => Object.values(row).includes(''))).toEqual([]);
  });

  it('names source files that exist', () => {
    const missing = all.filter(
      ({ where }) => code(where).length === 0 || !code(where).every((path) => existsSync(path)),
    );
    expect(missing.map(({ says, where }) => `${says}: ${where}`)).toEqual([]);
  });

  it('names tests that exist', async () => {
    const sources = await testSources();
    const missing = all.filter(
      ({ test }) => code(test).length === 0 || !code(test).every((title) => hasTest(sources, title)),
    );
    expect(missing.map(({ says, test }) => `${says}: ${test}`)).toEqual([]);
  });

  it('says of every parameter what our field is, or why there is none', () => {
    const without = all.filter(
      ({ field }) => field.includes('not offered') && !/not offered.*, because /.test(field),
    );
    expect(without.map(({ says }) => says)).toEqual([]);
  });

  it('has a row for every parameter and state of the OvenMediaEngine page', () => {
    const rows = pages().get('OvenMediaEngine REST API, Recording') ?? [];
    const told = rows.map(({ says }) => says).join('\n');
    const page = [
      'Authorization',
      'id',
      'stream',
      'stream.name',
      'stream.variantNames',
      'interval',
      'schedule',
      'segmentationRule',
      'statusCode',
      'message',
      'response',
      'response.createdTime',
      'Ready',
      'Started',
      'Stopping',
      'Stopped',
      'Error',
    ];
    expect(page.filter((name) => !told.includes(`\`${name}`))).toEqual([]);
  });

  it('has a row for every parameter of the Agora page, and for every code of its tables', () => {
    const rows = pages().get('Agora Cloud Recording, RESTful API') ?? [];
    const told = rows.map(({ says }) => says).join('\n');
    const page = (
      'appid resourceid sid mode cname uid clientRequest streamSubscribe audioUidList subscribeAudioUids ' +
      'unsubscribeAudioUids videoUidList subscribeVideoUids unsubscribeVideoUids webRecordingConfig onhold ' +
      'rtmpPublishConfig rtmpPublishConfig.outputs rtmpUrl storageConfig storageConfig.vendor ' +
      'storageConfig.region storageConfig.bucket storageConfig.accessKey secretKey stsToken stsExpiration ' +
      'fileNamePrefix extensionParams.sse extensionParams.tag extensionParams.endpoint'
    ).split(' ');
    expect(page.filter((name) => !told.includes(`\`${name}`))).toEqual([]);
    const codes = [2, 7, 8, 15, 49, 50, 53, 62, 65, 109, 110, 401, 404, 405, 406, 429, 432, 433, 435];
    const older = [500, 501, 502, 504, 1001, 1003, 1013, 1028];
    expect([...codes, ...older].filter((one) => !new RegExp(`\\b${one}\\b`).test(told))).toEqual([]);
  });

  it('has a row for every parameter of the Huawei page, and for every code of its tables', () => {
    const rows = pages().get('Huawei Cloud Live, recording') ?? [];
    const told = rows.map(({ says }) => says).join('\n');
    const page =
      'project_id action X-Auth-Token Authorization X-Sdk-Date X-Project-Id publish_domain app stream X-request-id ' +
      'error_code error_msg COMMAND_RECORD record_type default_record_config.record_format obs_addr record_cycle ' +
      'record_slice_duration record_max_duration_to_merge_file record_prefix record_ts_prefix notify_callback_url ' +
      'notify_event_subscription sign_type key auth_sign auth_timestamp task_id job_id auth_sign_key call_back_area';
    expect(page.split(' ').filter((name) => !told.includes(`\`${name}`))).toEqual([]);
    const live = '000 001 002 003 004 005 006 007 008 009 011 012 013 014 015 022';
    const domains = '016 017 018 019 020 021 022 023 024 027 028';
    const codes = [
      ...live.split(' ').map((last) => `100011${last}`),
      ...domains.split(' ').map((last) => `103011${last}`),
      '0101 0301 0302 0303 0307 0308'.split(' '),
    ].flat();
    expect(codes.filter((one) => !told.includes(one))).toEqual([]);
  });

  it('has a row for every parameter, status and code of the NAVER Live Station pages', () => {
    const rows = pages().get('NAVER Live Station API') ?? [];
    const told = rows.map(({ says }) => says).join('\n');
    const page = (
      'x-ncp-apigw-timestamp x-ncp-iam-access-key x-ncp-apigw-signature-v2 x-ncp-region_code x-ncp-trace-id channelId ' +
      'recordSeq streamSeq recordBeginTime createdTime recordType status resolution fileName videoBitrate audioBitrate ' +
      'videoFrameRate audioCodec objectStorageUrl total duration shouldDeleteTime pageNo pageSizeNo channelStatus ' +
      'channelName isRecording record.type record.format record.bucketName record.filePath record.accessControl ' +
      'immediateOnAir cdn qualitySetId useDvr drmEnabledYn envType outputProtocol timemachineMin isStreamFailOver drm ' +
      'ingestProtocol recordIds accessControl callbackUrl callbackEndpoint id event timestamp logLevel'
    ).split(' ');
    expect(page.filter((name) => !new RegExp(`[\`{]${name}\\b`).test(told))).toEqual([]);
    const words =
      'CREATING READY PUBLISHING DELETED BLOCK FORCE_BLOCK FORCE_DELETED NO_RECORD AUTO_UPLOAD MANUAL_UPLOAD RECORDING ' +
      'PROCESSING PROCESSING_FAIL TRANSFER_READY TRANSFER TRANSFER_FINISH TRANSFER_FAIL PUBLISH_START PUBLISH_END ' +
      'ONAIR_START ONAIR_END';
    expect(words.split(' ').filter((word) => !new RegExp(`\\b${word}\\b`).test(told))).toEqual([]);
    const codes = Array.from({ length: 22 }, (_, i) => 250_000 + i);
    expect(codes.filter((one) => !told.includes(String(one)))).toEqual([]);
  });
});
