import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../../src/recorders/naver/api.ts';
import { signedHeaders } from '../../../src/recorders/naver/sign.ts';

const keys = { accessKey: 'EXAMPLEACCESSKEY0001', secretKey: 'exampleSecretKey/not+real0001' };

describe('signature v2', () => {
  it.each([
    [
      'PUT',
      '/api/v2/channels/ls-20250101000000-AbCdE/startRecord',
      1_767_225_600_000,
      'zWUqrvgkKuhD0ZDqPcsbPyVB+ULcVwrmivSROboGEoI=',
    ],
    [
      'PUT',
      '/api/v2/channels/ls-20250101000000-AbCdE/stopRecord',
      1_767_225_660_000,
      'nLasfGKuYIuYFwRAzs7TNXcPkjOs4A5fz8+Vs8l8Ze0=',
    ],
    [
      'GET',
      '/api/v2/channels?pageNo=1&pageSizeNo=20',
      1_767_225_720_000,
      'VLIzG2maROpoY4wDu4jxn93eQNqKRoNcSdPRJ0iZZpA=',
    ],
    [
      'POST',
      '/api/v2/buckets/rec-bucket/upload',
      1_767_225_780_000,
      'RDY/KgTz8QSVGN6KkF8ew9GLLvw3BbPceyom49vI1uk=',
    ],
  ])('of %s %s is the one of the example', (method, target, timestamp, expected) => {
    expect(signatureOf(method, target, timestamp, keys)).toBe(expected);
  });

  it('equals the one that another client publishes for its keys', () => {
    const others = { accessKey: 'TestAccessKey', secretKey: 'TestSecretKey' };
    const target = '/vserver/v2/getServerInstanceList?responseFormatType=json';
    expect(signatureOf('GET', target, 1_234_567_890_123, others)).toBe(
      'FPsYYX8fuMAgi+cue3eACOW0dNtIwu1LYWfg/megA2M=',
    );
  });

  it('takes the secret as text, also where it could be decoded', () => {
    const decodable = Buffer.from('a key').toString('base64');
    const as = (secretKey: string) => signatureOf('GET', '/', 1, { accessKey: 'a', secretKey });
    expect(as(decodable)).not.toBe(as('a key'));
    expect(as('schlüssel')).not.toBe(as('schlssel'));
  });

  it('is sent beside the very timestamp and key that it was made of', () => {
    const [method, target, timestamp] = [
      'PUT',
      '/api/v2/channels/ls-1/startRecord',
      1_767_225_600_000,
    ] as const;
    expect(signedHeaders(method, target, timestamp, keys)).toEqual({
      'x-ncp-apigw-timestamp': '1767225600000',
      'x-ncp-iam-access-key': keys.accessKey,
      'x-ncp-apigw-signature-v2': signatureOf(method, target, timestamp, keys),
    });
  });
});
