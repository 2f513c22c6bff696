import { isSettable } from '../clock.ts';
import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import { faultsControl, readNumber, readString, type Control, type ControlInput } from '../inputs.ts';
import type { Access } from './identities.ts';
import { Bucket } from './objects.ts';
import type { CloudState } from './state.ts';
import { CloudError } from './xml.ts';

/** With which status STS says what. */
const MINT_STATUS: Record<string, number> = {
  AccessDenied: 403,
  ExpiredToken: 403,
  InvalidClientTokenId: 403,
  RegionDisabledException: 403,
  Throttling: 400,
  ValidationError: 400,
  ServiceUnavailable: 503,
};
/** So many objects are told at most. */
const TOLD = 1000;

export function cloudControls(state: CloudState, faults: FaultPlan, clock: Clock): Record<string, Control> {
  const { identities, buckets } = state;
  return {
    faults: faultsControl(faults),
    ...(isSettable(clock) && { clock: (input: ControlInput) => ({ now: clock.adjust(input) }) }),
    /** `{bucket, principal?, access?}`: a bucket refuses everybody or one key or role, to read, to write or both. */
    deny(input) {
      identities.denials.push({
        bucket: readString(input, 'bucket'),
        principal: optional(input, 'principal'),
        access: readAccess(input),
      });
      return identities.denials;
    },
    /** `{bucket}`: lifts what was denied of it. */
    allow(input) {
      const bucket = readString(input, 'bucket');
      const kept = identities.denials.filter((one) => one.bucket !== bucket);
      identities.denials.splice(0, Infinity, ...kept);
      return identities.denials;
    },
    /** `{forMs, code?}`: nothing is minted for a while. */
    'mint.fail'(input, now) {
      const code = optional(input, 'code') ?? 'ServiceUnavailable';
      const untilMs = now + (readNumber(input, 'forMs') ?? Infinity);
      state.mintFails = {
        untilMs,
        error: new CloudError(MINT_STATUS[code] ?? 400, code, 'A fault of the emulator.'),
      };
    },
    'mint.works'() {
      state.mintFails = null;
    },
    /** `{accessKey}` disables a key; `{role}` takes every right from the sessions that it has until now. */
    revoke(input, now) {
      const accessKey = optional(input, 'accessKey');
      identities.revoke(accessKey === undefined ? { role: readString(input, 'role') } : { accessKey }, now);
    },
    /** `{accessKey}`: as it was before it was revoked. */
    enable(input) {
      identities.enable(readString(input, 'accessKey'));
    },
    /** `{arn, maxSessionMs}` */
    role(input) {
      const arn = readString(input, 'arn');
      const role = identities.roles.get(arn);
      if (!role) throw new Error(`There is no role ${arn}.`);
      const maxSessionMs = readNumber(input, 'maxSessionMs');
      if (maxSessionMs !== undefined) role.maxSessionMs = maxSessionMs;
      return role;
    },
    /** `{bucket, region?}` makes one where there is none. */
    'bucket.create'(input) {
      const name = readString(input, 'bucket');
      const region = optional(input, 'region');
      if (!buckets.has(name))
        buckets.set(name, new Bucket({ name, ...(region !== undefined && { region }) }));
    },
    /** `{bucket}`, with all that is in it. */
    'bucket.delete'(input) {
      buckets.delete(readString(input, 'bucket'));
    },
    /** `{forMs}`: nobody listens. */
    outage(input, now) {
      state.downUntil = now + (readNumber(input, 'forMs') ?? 0);
    },
    /** `{bucket, prefix?}`: what is stored, without bodies. */
    objects(input) {
      const bucket = buckets.get(readString(input, 'bucket'));
      const prefix = optional(input, 'prefix') ?? '';
      const found = [...(bucket?.objects ?? [])].filter(([key]) => key.startsWith(prefix));
      return found.slice(0, TOLD).map(([key, { bytes, at }]) => ({ key, bytes, at }));
    },
    sessions: () => identities.sessions(),
  };
}

function optional(input: ControlInput, name: string): string | undefined {
  return input[name] === undefined ? undefined : readString(input, name);
}

function readAccess(input: ControlInput): Access | undefined {
  const access = optional(input, 'access');
  if (access === undefined || access === 'read' || access === 'write') return access;
  throw new Error('"access" is read or write.');
}
