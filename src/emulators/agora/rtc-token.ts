/**
 * RTC tokens of version 007 (AccessToken2), read and verified: `007`, then base64 of a deflated pack of signature, app,
 * instants, salt and services. Numbers are little-endian, texts have a length of 16 bits before them.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { inflateSync } from 'node:zlib';

export interface RtcTokenClaim {
  token: string;
  appId: string;
  certificate: string;
  channel: string;
  uid: string;
  now: number;
}

/** 109: it has expired. 110: it is no token for this channel and uid. */
export type RtcTokenVerdict = { ok: true; endsAt: number } | { ok: false; code: 109 | 110; why: string };

const VERSION = '007';
const RTC = 1;
const JOIN_CHANNEL = 1;
/** Longer lives are cut. */
const LONGEST_LIFE_S = 86_400;

export function verifyRtcToken(claim: RtcTokenClaim): RtcTokenVerdict {
  const token = unpack(claim.token);
  if (token === undefined) return wrong('it is not an AccessToken2');
  const { signature, content, appId, issuedAt, lifeS, salt, join } = token;
  const expected = sign(content, claim.certificate, issuedAt, salt);
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected))
    return wrong('its signature is of another certificate');
  if (appId !== claim.appId) return wrong('it is of another app');
  if (join === undefined) return wrong('it does not allow to join a channel');
  if (join.channel !== claim.channel) return wrong(`it is for the channel ${join.channel}`);
  // A token for no uid is for every one.
  if (join.uid !== '' && join.uid !== claim.uid) return wrong(`it is for the uid ${join.uid}`);
  const shortest = Math.min(lifeS, LONGEST_LIFE_S, join.lifeS === 0 ? Infinity : join.lifeS);
  const endsAt = (issuedAt + shortest) * 1000;
  return claim.now < endsAt ? { ok: true, endsAt } : { ok: false, code: 109, why: 'it has expired' };
}

function wrong(why: string): RtcTokenVerdict {
  return { ok: false, code: 110, why };
}

interface Unpacked {
  signature: Buffer;
  /** What the signature is of. */
  content: Buffer;
  appId: string;
  issuedAt: number;
  lifeS: number;
  salt: number;
  join: { channel: string; uid: string; lifeS: number } | undefined;
}

function unpack(token: string): Unpacked | undefined {
  if (!token.startsWith(VERSION)) return undefined;
  try {
    const reader = new Reader(inflateSync(Buffer.from(token.slice(VERSION.length), 'base64')));
    const signature = reader.bytes();
    const content = reader.rest();
    const appId = reader.bytes().toString();
    const [issuedAt, lifeS, salt] = [reader.uint32(), reader.uint32(), reader.uint32()];
    const services = reader.uint16();
    return {
      signature,
      content,
      appId,
      issuedAt,
      lifeS,
      salt,
      join: services > 0 ? readJoin(reader) : undefined,
    };
  } catch {
    return undefined;
  }
}

/** Services are packed in the order of their types, and that of RTC is the lowest. */
function readJoin(reader: Reader): Unpacked['join'] {
  if (reader.uint16() !== RTC) return undefined;
  const privileges = new Map<number, number>();
  for (let left = reader.uint16(); left > 0; left -= 1) privileges.set(reader.uint16(), reader.uint32());
  const lifeS = privileges.get(JOIN_CHANNEL);
  if (lifeS === undefined) return undefined;
  return { channel: reader.bytes().toString(), uid: reader.bytes().toString(), lifeS };
}

function sign(content: Buffer, certificate: string, issuedAt: number, salt: number): Buffer {
  const key = hmac(littleEndian(salt), hmac(littleEndian(issuedAt), Buffer.from(certificate)));
  return hmac(key, content);
}

function hmac(key: Buffer, data: Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

function littleEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Reads on from where it stands; throws at the end. */
class Reader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  uint16(): number {
    this.#at += 2;
    return this.#buffer.readUInt16LE(this.#at - 2);
  }

  uint32(): number {
    this.#at += 4;
    return this.#buffer.readUInt32LE(this.#at - 4);
  }

  bytes(): Buffer {
    const length = this.uint16();
    if (this.#at + length > this.#buffer.length) throw new RangeError('The token is cut.');
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }

  rest(): Buffer {
    return this.#buffer.subarray(this.#at);
  }
}
