import { describe, expect, it } from 'vitest';
import type { OpenArchive } from '../../src/archive/archive.ts';
import { openArchive } from '../../src/archive/open.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { AWS, bucketIn, KEY, OWN, ROLE } from './kit.ts';

const HOUR_MS = 3_600_000;

async function failureOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'StorageFailure' });
  expect(`${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain('CANARY');
  return (error as { failure: Record<string, unknown> }).failure;
}

describe('an archive in a bucket', () => {
  it('stands below the prefixes of destination and archive', async () => {
    const { open, objects } = bucketIn({ buckets: [{ name: 'own' }] }, OWN);
    const archive = open();
    await archive.put('a/b.json', 'x');
    expect(archive.place).toBe('s3://own/shared/ledgers');
    expect(objects('own')).toMatchObject([{ key: 'shared/ledgers/a/b.json' }]);
  });

  it('mints once for many calls, and anew before the end', async () => {
    const { open, ops, clock } = bucketIn();
    const archive = open();
    const mints = () => ops().filter((op) => op.startsWith('AssumeRole')).length;
    await Promise.all([archive.put('a', 'x'), archive.put('b', 'x'), archive.list('')]);
    await archive.get('a');
    expect(mints()).toBe(1);
    clock.advance(12 * HOUR_MS - 6 * 60_000);
    await archive.get('a');
    expect(mints()).toBe(1);
    clock.advance(2 * 60_000);
    await archive.get('a');
    expect(mints()).toBe(2);
  });

  it('mints anew at once when what it has was revoked', async () => {
    const { open, control, ops } = bucketIn();
    const archive = open();
    await archive.put('a', 'x');
    const [session] = control('sessions') as { accessKey: string }[];
    control('revoke', { accessKey: session?.accessKey });
    expect(await archive.get('a')).toBe('x');
    expect(ops()).toEqual([
      'AssumeRole 200',
      'PutObject 200',
      'GetObject 403',
      'AssumeRole 200',
      'GetObject 200',
    ]);
  });

  it('gives up where new credentials do not help either', async () => {
    const { open, control, ops } = bucketIn({ buckets: [{ name: 'own' }] }, OWN);
    control('revoke', { accessKey: KEY.accessKey });
    expect(await failureOf(open().get('a'))).toMatchObject({
      code: 'E_ARCHIVE_UNWRITABLE',
      cause: 'credentials',
    });
    expect(ops()).toHaveLength(1);
  });

  it.each([
    ['of a bucket of AWS', {}, AWS],
    ["of a store of one's own", { buckets: [{ name: 'own' }] }, OWN],
  ])('survives a lost reply to a put: %s', async (_what, options, destination) => {
    const { open, control, objects } = bucketIn(options, destination);
    const archive = open();
    control('faults', { op: 'PutObject', kind: 'reply-lost' });
    expect(await failureOf(archive.put('a', 'x'))).toMatchObject({
      code: 'E_ARCHIVE_UNWRITABLE',
      applied: 'unknown',
      who: 'destination',
      retry: 'later',
    });
    await archive.put('a', 'x');
    expect(objects(destination.bucket)).toHaveLength(1);
    await expect(archive.put('a', 'y')).rejects.toMatchObject({ code: 'E_ARCHIVE_UNREADABLE' });
  });

  it.each([
    ['error-unapplied', 'PutObject', (archive: OpenArchive) => archive.put('a', 'x'), 'a fault of its own'],
    ['throttled', 'PutObject', (archive: OpenArchive) => archive.put('a', 'x'), 'fewer calls'],
    ['error-unapplied', 'GetObject', (archive: OpenArchive) => archive.get('a'), 'a fault of its own'],
    ['refused', 'GetObject', (archive: OpenArchive) => archive.get('a'), 'may not read recordings/ledgers/*'],
    ['throttled', 'ListObjectsV2', (archive: OpenArchive) => archive.list('a'), 'fewer calls'],
    ['late', 'ListObjectsV2', (archive: OpenArchive) => archive.list('a'), 'no answer in time'],
    ['error-unapplied', 'AssumeRole', (archive: OpenArchive) => archive.get('a'), 'AssumeRole at STS'],
  ] as const)('tells %s of %s, and goes on afterwards', async (kind, op, work, words) => {
    const { open, control } = bucketIn();
    const archive = open();
    control('faults', { op, kind, times: 1 });
    const failure = await failureOf(work(archive));
    expect(failure['message']).toContain(words);
    expect(failure).toMatchObject({ code: 'E_ARCHIVE_UNWRITABLE', applied: 'no' });
    await work(archive);
  });

  it('does not take a missing bucket for a missing piece', async () => {
    const { open, control } = bucketIn();
    control('bucket.delete', { bucket: 'recordings' });
    expect((await failureOf(open().get('a')))['message']).toContain('no bucket recordings');
  });

  it('has one of two writers write, and tells the other', async () => {
    const { open, objects } = bucketIn();
    const [one, other] = [open(), open()];
    const settled = await Promise.allSettled([one.put('a', 'x'), other.put('a', 'y')]);
    expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(objects()).toHaveLength(1);
    await Promise.all([one.put('b', 'x'), other.put('b', 'x')]);
  });

  it('needs its environment at the first use alone', async () => {
    const destination = { ...AWS, bucket: '${BUCKET}', credentials: { provider: 'aws', role: ROLE } };
    const configuration = { destinations: { place: destination }, archive: { destination: 'place' } };
    const archive = openArchive(settingsOf(configuration, null, '/', VENDORS, {}))!;
    expect(archive.place).toBe('destination place/ledgers');
    await expect(archive.get('a')).rejects.toMatchObject({ code: 'E_CONFIG_INVALID' });
    await archive.close();
  });
});
