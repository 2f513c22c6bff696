import { describe, expect, it } from 'vitest';
import { isSignedBy, signatureOf } from '../../src/emulators/naver/signature.ts';
import { ACCESS, naverKit, SECRET } from './naver-kit.ts';

/** Method, target, timestamp and signature of the vendor sheet's vectors. */
const VECTORS: [method: string, target: string, timestamp: string, signature: string][] = [
  [
    'PUT',
    '/api/v2/channels/ls-20250101000000-AbCdE/startRecord',
    '1767225600000',
    'zWUqrvgkKuhD0ZDqPcsbPyVB+ULcVwrmivSROboGEoI=',
  ],
  [
    'PUT',
    '/api/v2/channels/ls-20250101000000-AbCdE/stopRecord',
    '1767225660000',
    'nLasfGKuYIuYFwRAzs7TNXcPkjOs4A5fz8+Vs8l8Ze0=',
  ],
  [
    'GET',
    '/api/v2/channels?pageNo=1&pageSizeNo=20',
    '1767225720000',
    'VLIzG2maROpoY4wDu4jxn93eQNqKRoNcSdPRJ0iZZpA=',
  ],
  [
    'POST',
    '/api/v2/buckets/rec-bucket/upload',
    '1767225780000',
    'RDY/KgTz8QSVGN6KkF8ew9GLLvw3BbPceyom49vI1uk=',
  ],
];

describe('signature v2', () => {
  it.each(VECTORS)('of %s %s', (method, target, timestamp, signature) => {
    const signed = { method, target, timestamp, accessKey: ACCESS };
    expect(signatureOf(signed, SECRET)).toBe(signature);
    expect(isSignedBy(signed, signature, SECRET)).toBe(true);
    expect(isSignedBy({ ...signed, method: 'PATCH' }, signature, SECRET)).toBe(false);
    expect(isSignedBy({ ...signed, target: `${target}/` }, signature, SECRET)).toBe(false);
    expect(isSignedBy(signed, signature, `${SECRET}x`)).toBe(false);
    expect(isSignedBy(signed, signature.slice(1), SECRET)).toBe(false);
  });

  it('of a known pair of somebody else', () => {
    const signed = {
      method: 'GET',
      target: '/vserver/v2/getServerInstanceList?responseFormatType=json',
      timestamp: '1234567890123',
      accessKey: 'TestAccessKey',
    };
    expect(signatureOf(signed, 'TestSecretKey')).toBe('FPsYYX8fuMAgi+cue3eACOW0dNtIwu1LYWfg/megA2M=');
  });

  it.each(VECTORS)('lets the very request %s %s pass the gateway', (method, target, timestamp, signature) => {
    const kit = naverKit({ at: Number(timestamp) + 4 * 60_000 });
    const body = method === 'POST' ? { recordIds: [1] } : undefined;
    const signedAt = { 'x-ncp-apigw-timestamp': timestamp, 'x-ncp-apigw-signature-v2': signature };
    expect(kit.send(method, target, body, signedAt).status).not.toBe(401);
    kit.wait(60_001);
    expect(kit.send(method, target, body, signedAt).status).toBe(401);
  });
});
