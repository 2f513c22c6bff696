import { describe, expect, it } from 'vitest';
import { omeKit } from './ome-kit.ts';

describe('the life of a record', () => {
  it('is armed while the stream is absent, and starts with it', () => {
    const kit = omeKit();
    expect(kit.start('a').json.response.state).toBe('ready');
    kit.wait(5000);
    kit.push();
    expect(kit.look('a')).toMatchObject({ state: 'recording', startTime: '2026-01-01T12:00:05.000+00:00' });
  });

  it('records at once when the stream is live', () => {
    const kit = omeKit();
    kit.push();
    const { response } = kit.start('a', { filePath: 'x.ts' }).json;
    expect(response).toMatchObject({ state: 'recording', outputFilePath: 'x.ts', filePath: 'x.ts' });
    expect(response).not.toHaveProperty('recordBytes');
  });

  it('begins at the first key frame', () => {
    const kit = omeKit();
    kit.push({ keyframeMs: 2000, bitrate: 1_000_000 });
    kit.wait(500);
    kit.start('a');
    kit.wait(1000);
    expect(kit.look('a')).not.toHaveProperty('recordBytes');
    kit.wait(1500);
    expect(kit.look('a')).toMatchObject({
      startTime: '2026-01-01T12:00:02.000+00:00',
      recordTime: 1000,
      recordBytes: 125_000,
      totalRecordBytes: 125_000,
    });
  });

  it('counts bytes and time of the running segment', () => {
    const kit = omeKit();
    kit.push({ bitrate: 800_000 });
    kit.start('a');
    kit.wait(10_000);
    expect(kit.look('a')).toMatchObject({
      recordTime: 10_000,
      recordBytes: 1_000_000,
      totalRecordTime: 10_000,
    });
    expect(kit.look('a')).not.toHaveProperty('sequence');
  });

  it('is gone after a stop, whose reply was made before', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { filePath: 'x.ts' });
    kit.wait(1000);
    const { response } = kit.stop('a').json;
    expect(response).toMatchObject({
      state: 'stopping',
      filePath: 'x.ts',
      isConfig: false,
      recordTime: 1000,
    });
    expect(response).not.toHaveProperty('outputFilePath');
    expect(response).not.toHaveProperty('finishTime');
    expect(kit.post('records', { id: 'a' }).text).toBe('{"message":"OK","response":[],"statusCode":200}');
    expect(kit.stop('a').status).toBe(404);
    expect(kit.start('a').status).toBe(200);
  });

  it('stops an armed record without a file', () => {
    const kit = omeKit();
    kit.start('a');
    expect(kit.stop('a').json.response.state).toBe('stopping');
    expect(kit.truth('file')).toEqual([]);
  });

  it('adds milliseconds to bytes in the totals of a stop', () => {
    const kit = omeKit();
    kit.push({ bitrate: 800_000 });
    kit.start('a', { interval: 4000 });
    kit.wait(10_000);
    expect(kit.look('a')).toMatchObject({ totalRecordBytes: 1_000_000, totalRecordTime: 10_000 });
    expect(kit.stop('a').json.response).toMatchObject({
      recordBytes: 200_000,
      recordTime: 2000,
      totalRecordBytes: 200_000 + 10_000,
      totalRecordTime: 2000,
      sequence: 2,
    });
  });

  it('stays armed as "stopped" when the stream goes, and goes on with the next sequence', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { filePath: '${Id}_${Sequence}_${TransactionId}.ts' });
    const transaction = kit.look('a').outputFilePath.split('_')[2];
    kit.wait(7000);
    kit.drop();
    const dropped = kit.look('a');
    expect(dropped).toMatchObject({ state: 'stopped', sequence: 1, totalRecordTime: 7000 });
    expect(dropped.finishTime).toBe('2026-01-01T12:00:07.000+00:00');
    expect(dropped).not.toHaveProperty('recordBytes');
    kit.wait(3000);
    kit.push();
    kit.wait(1000);
    expect(kit.look('a')).toMatchObject({
      state: 'recording',
      sequence: 1,
      recordTime: 1000,
      startTime: '2026-01-01T12:00:10.000+00:00',
      createdTime: '2026-01-01T12:00:00.000+00:00',
      outputFilePath: `a_1_${transaction}`,
    });
  });

  it.each(['start', 'stop'] as const)('hides all that as "ready" after a %s of any other record', (call) => {
    const kit = omeKit();
    kit.push();
    kit.start('m');
    if (call === 'stop') kit.start('b', { stream: { name: 'elsewhere' } });
    kit.wait(7000);
    kit.drop();
    if (call === 'start') kit.start('b', { stream: { name: 'elsewhere' } });
    else kit.stop('b');
    const flipped = kit.look('m');
    expect(flipped.state).toBe('ready');
    for (const field of ['sequence', 'totalRecordBytes', 'totalRecordTime', 'startTime', 'finishTime']) {
      expect(flipped).not.toHaveProperty(field);
    }
    kit.push();
    expect(kit.look('m')).toMatchObject({ state: 'recording', sequence: 1 });
  });

  it('can leave the task after the removed one as it was, as the source has it', () => {
    const kit = omeKit({ unknowns: { stopSkipsNextTask: true } });
    kit.push();
    kit.start('b', { stream: { name: 'elsewhere' } });
    kit.start('m');
    kit.drop();
    kit.stop('b');
    expect(kit.look('m').state).toBe('stopped');
  });

  it('lists records in the order of their ids', () => {
    const kit = omeKit();
    for (const id of ['b', 'a', 'C']) kit.start(id);
    const ids = kit.post('records', {}).json.response.map((record: { id: string }) => record.id);
    expect(ids).toEqual(['C', 'a', 'b']);
  });

  it('resumes only one of two records whose ids do not sort by age, and stops it with the other', () => {
    const kit = omeKit();
    kit.push();
    kit.start('zz');
    kit.start('aa');
    kit.wait(5000);
    kit.drop();
    kit.wait(1000);
    kit.push();
    kit.wait(1000);
    expect(kit.look('aa').state).toBe('recording');
    expect(kit.look('zz').state).toBe('stopped');
    kit.stop('zz');
    expect(kit.look('aa').state).toBe('stopped');
    kit.wait(5000);
    expect(kit.look('aa')).toMatchObject({ state: 'recording', sequence: 2 });
  });

  it('resumes both when their ids sort by age', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a1');
    kit.start('a2');
    kit.drop();
    kit.push();
    expect([kit.look('a1').state, kit.look('a2').state]).toEqual(['recording', 'recording']);
  });
});

describe('a stall of the pusher', () => {
  it('freezes the bytes while the state stays "recording" and the time goes on', () => {
    const kit = omeKit();
    kit.push({ bitrate: 800_000 });
    kit.start('a');
    kit.wait(5000);
    kit.control('source.stall', { stream: 's' });
    kit.wait(9000);
    expect(kit.look('a')).toMatchObject({ state: 'recording', recordBytes: 500_000, recordTime: 14_000 });
    kit.control('source.flow', { stream: 's' });
    kit.wait(1000);
    expect(kit.look('a')).toMatchObject({ recordBytes: 600_000, recordTime: 15_000 });
  });

  it('can freeze the time, too, as the source has it', () => {
    const kit = omeKit({ unknowns: { recordTimeInStall: 'frozen' } });
    kit.push();
    kit.start('a');
    kit.wait(5000);
    kit.control('source.stall', { stream: 's' });
    kit.wait(9000);
    expect(kit.look('a').recordTime).toBe(5000);
  });
});

describe('trouble that is answered with 200', () => {
  it('says "error" for an unknown variant', () => {
    const kit = omeKit();
    kit.push();
    const reply = kit.start('a', { stream: { name: 's', variantNames: ['none'] } });
    expect(reply.status).toBe(200);
    expect(reply.json.response.state).toBe('error');
    expect(reply.json.response).not.toHaveProperty('finishTime');
  });

  it('says "error" when the container takes no codec of the stream', () => {
    const kit = omeKit();
    kit.push();
    expect(kit.start('a', { filePath: 'x.webm' }).json.response.state).toBe('error');
  });

  it('drops a track that the container does not take', () => {
    const kit = omeKit();
    kit.push({ bitrate: 1_000_000, codecs: { audio: 'OPUS' } });
    kit.start('a', { filePath: 'x.mp4' });
    kit.wait(1000);
    expect(kit.look('a').recordBytes).toBe(117_000);
  });

  it('says "error" for an unusable directory, and stays so until the stream comes anew', () => {
    const kit = omeKit();
    kit.control('directory', { path: 'full', usable: false });
    kit.push();
    expect(kit.start('a', { filePath: 'full/x.ts' }).json.response.state).toBe('error');
    expect(kit.start('b', { filePath: 'free/x.ts' }).json.response.state).toBe('recording');
    kit.control('directory', { path: 'full', usable: true });
    kit.wait(60_000);
    expect(kit.look('a').state).toBe('error');
    kit.drop();
    kit.push();
    expect(kit.look('a').state).toBe('recording');
  });

  it('turns a recording into "error" when the disk is full, and leaves only the temporary file', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { filePath: 'd/x.ts' });
    kit.wait(5000);
    kit.control('disk', { full: true });
    expect(kit.look('a')).toMatchObject({ state: 'error', recordTime: 5000 });
    expect(kit.stop('a').status).toBe(200);
    const [file] = kit.truth('file');
    expect(file).toMatchObject({ event: 'lost', file: 'd/x.ts' });
    expect(file?.tmp).toMatch(/^d\/tmp_[A-Za-z0-9]{32}$/);
    expect(kit.truth('media')).toHaveLength(1);
  });

  it('answers the stop with 200 when the directory was removed, and there is no file', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { filePath: 'd/x.ts' });
    kit.wait(5000);
    kit.control('directory', { path: 'd', removed: true });
    kit.wait(5000);
    expect(kit.look('a').state).toBe('recording');
    expect(kit.stop('a').status).toBe(200);
    expect(kit.truth('file')).toMatchObject([{ event: 'lost', file: 'd/x.ts' }]);
  });
});

describe('the process', () => {
  it.each([
    [true, 'lost', 'killed'],
    [false, 'finalised', 'stopped'],
  ])('forgets all records on a restart (kill: %s) and the file is %s', (kill, event, how) => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { filePath: 'x.ts' });
    kit.wait(5000);
    kit.control('restart', { kill });
    expect(kit.post('records', {}).json.response).toEqual([]);
    expect(kit.truth('file')).toMatchObject([{ event, file: 'x.ts' }]);
    expect(kit.truth('process').map((entry) => entry.event)).toEqual(['started', how, 'started']);
    expect(kit.truth('recording').at(-1)).toMatchObject({ event: 'ended', reason: `process ${how}` });
  });

  it('refuses connections while it is down, and its encoders come back with it', () => {
    const kit = omeKit();
    kit.push();
    kit.control('restart', { kill: true, downMs: 10_000 });
    expect(kit.answer('GET', '/v1/version').kind).toBe('refused');
    kit.wait(9999);
    expect(kit.answer('GET', '/v1/version').kind).toBe('refused');
    kit.wait(1);
    expect(kit.send('GET', '/v1/vhosts/default/apps/app/streams').json.response).toEqual(['s']);
    kit.wait(500);
    kit.start('a');
    kit.wait(1000);
    expect(kit.look('a').startTime).toBe('2026-01-01T12:00:11.000+00:00');
  });

  it('does not bring back an encoder that was stopped while it was down', () => {
    const kit = omeKit();
    kit.push();
    kit.control('restart', { downMs: 1000 });
    kit.drop();
    kit.wait(1000);
    expect(kit.send('GET', '/v1/vhosts/default/apps/app/streams').json.response).toEqual([]);
  });

  it('begins anew on the control "reset"', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a');
    kit.control('reset');
    expect(kit.post('records', {}).json.response).toEqual([]);
    expect(kit.start('a').json.response.state).toBe('ready');
  });
});
