/** What a specification is checked against beyond its own words: the fields of its account that need no look-up. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { normalisingContext } from '../../src/config/normalising.ts';
import { loadSettings, type Settings } from '../../src/config/settings.ts';
import { normalise } from '../../src/contract/specification.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const OBJECT = 'rec/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}';

function settingsOf(document: unknown): Settings {
  const file = join(mkdtempSync(join(tmpdir(), 'keeprolling-config-')), 'keeprolling.yaml');
  writeFileSync(file, JSON.stringify(document));
  return loadSettings(file, VENDORS, {}, '/');
}

function problemsOf(settings: Settings, specification: Record<string, unknown>) {
  const window = { from: '2026-11-21T13:00:00Z', until: '2026-11-21T14:00:00Z' };
  const checked = normalise(
    { name: 'match', account: 'prod', storage: 'archive', window, ...specification },
    normalisingContext(settings, NOW),
  );
  return checked.ok ? [] : checked.problems;
}

function huawei(region: string): Settings {
  const account = { vendor: 'huawei', region, projectId: 'p', accessKey: 'AK', secretKey: '${SK}' };
  const archive = { cloud: 'huawei', bucket: 'recordings', region: 'ap-southeast-3' };
  return settingsOf({ accounts: { prod: account }, destinations: { archive } });
}

function alibaba(callbacks: Record<string, unknown>): Settings {
  const account = { vendor: 'alibaba', accessKeyId: '${ID}', accessKeySecret: '${KEY}', callbacks };
  const archive = { cloud: 'alibaba', bucket: 'recordings', region: 'cn-shanghai' };
  return settingsOf({ accounts: { prod: account }, destinations: { archive } });
}

describe('a specification', () => {
  it('whose destination is in another region than its account is refused', () => {
    const target = { publishDomain: 'push.example.com', app: 'live', stream: 'match' };
    expect(problemsOf(huawei('cn-north-4'), { target })).toMatchObject([
      { where: 'storage', problem: expect.stringContaining('and the account in cn-north-4') },
    ]);
    expect(problemsOf(huawei('ap-southeast-3'), { target })).toEqual([]);
    expect(problemsOf(huawei('${REGION}'), { target })).toEqual([]);
  });

  it('that names an ingest domain of its account as playback domain is refused', () => {
    const callbacks = {
      path: 'path-0123456789abcdef',
      keys: '${CALLBACK_KEY}',
      domains: { 'play.example.com': 'push.example.com' },
    };
    const options = { RecordFormat: [{ Format: 'mp4', OssObjectPrefix: OBJECT }] };
    const found = (playbackDomain: string) =>
      problemsOf(alibaba(callbacks), { target: { playbackDomain, app: 'live', stream: 'match' }, options });
    expect(found('push.example.com')).toMatchObject([
      { where: 'target.playbackDomain', try: 'play.example.com' },
    ]);
    expect(found('play.example.com')).toEqual([]);
  });
});

describe('what of an account is known without a look-up', () => {
  it('holds nothing that stands elsewhere', () => {
    const settings = alibaba({ path: 'file:/run/path', keys: ['${OLD}', '${NEW}'], domains: {} });
    expect(settings.plainAccount('prod')).toEqual({
      vendor: 'alibaba',
      callbacks: { keys: [], domains: {} },
    });
    expect(settings.plainAccount('nobody')).toEqual({});
  });
});
