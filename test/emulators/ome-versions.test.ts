import { describe, expect, it } from 'vitest';
import { omeKit } from './ome-kit.ts';

describe('replies by version', () => {
  it.each([
    ['0.15.10', true],
    ['0.15.11', false],
    ['0.20.0', false],
  ])('answers start and stop as %s does (array: %s)', (version, isArray) => {
    const kit = omeKit({ version });
    expect(Array.isArray(kit.start('a').json.response)).toBe(isArray);
    expect(Array.isArray(kit.stop('a').json.response)).toBe(isArray);
  });

  it('answers an unknown id in :records with 404 up to 0.15.3, with an empty list since', () => {
    const reply = omeKit({ version: '0.15.3' }).post('records', { id: 'x' });
    expect(reply.json).toEqual({ message: '[HTTP] There is no record information (404)', statusCode: 404 });
    expect(omeKit({ version: '0.15.4' }).post('records', { id: 'x' }).json.response).toEqual([]);
  });

  it('has isConfig since 0.16.6', () => {
    expect(omeKit({ version: '0.16.5' }).start('a').json.response).not.toHaveProperty('isConfig');
    expect(omeKit({ version: '0.16.6' }).start('a').json.response.isConfig).toBe(false);
  });

  it('has trackIds and variantNames since 0.15.1', () => {
    expect(omeKit({ version: '0.15.0' }).start('a').json.response[0].stream).toEqual({
      name: 's',
      tracks: [],
    });
    expect(omeKit({ version: '0.15.1' }).start('a').json.response[0].stream).toEqual({
      name: 's',
      trackIds: [],
      variantNames: [],
    });
  });

  it('has outputFilePath since 0.13.2', () => {
    const kit = omeKit({ version: '0.13.1' });
    kit.push();
    const [record] = kit.start('a').json.response;
    expect(record).not.toHaveProperty('outputFilePath');
    expect(record.filePath).toMatch(/records\/\w{16}_default_app_s/);
  });

  it('writes keys in alphabetical order', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a', { interval: 4000, metadata: 'm', filePath: 'x.ts', infoPath: 'x.xml' });
    kit.wait(5000);
    const keys = Object.keys(kit.look('a'));
    expect(keys).toEqual(keys.toSorted());
    expect(keys).toHaveLength(20);
  });
});
