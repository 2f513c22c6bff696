import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import type { TruthLog } from '../truth.ts';

/** Long-lived keys of a user. */
export interface CloudKey {
  accessKey: string;
  secretKey: string;
  /** Buckets that it may read and write; all by default. */
  buckets?: string[];
}

export interface CloudRole {
  /** `arn:aws:iam::123456789012:role/recorder` */
  arn: string;
  /** Longest life of its sessions, milliseconds; 1 h by default, as at AWS. */
  maxSessionMs?: number;
  /** Access keys and ARNs of roles that may assume it; every key by default, and no role. */
  trusts?: string[];
  externalId?: string;
  /** Buckets that its sessions may read and write; all by default. */
  buckets?: string[];
}

export interface CloudBucket {
  name: string;
  /** `us-east-1` by default. */
  region?: string;
  /** What it makes of `If-None-Match: *`: some S3-compatible stores do not know it. */
  ifNoneMatch?: 'honoured' | 'ignored' | 'refused';
}

export interface CloudEmulatorOptions {
  clock: Clock;
  truth?: TruthLog;
  faults?: FaultPlan;
  keys: CloudKey[];
  roles?: CloudRole[];
  buckets: CloudBucket[];
  /** Most entries in one answer to a listing; 1,000 as at AWS. */
  pageSize?: number;
  /** Minted keys are made from it: the same seed gives the same ones. */
  seed?: number;
}
