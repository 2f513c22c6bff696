import type { z } from 'zod';
import type { ChangeKind } from '../session/changes.ts';
import type { Place } from './destinations.ts';
import type { Problem } from './problems.ts';

/** The vendor's part of a specification, as its own schemas gave it back. */
export interface VendorSubject {
  target: Record<string, unknown>;
  options: Record<string, unknown>;
}

/** The fields of an account as keeprolling.yaml has them, without what is looked up later. A problem quotes none that may be a secret. */
export type PlainFields = Record<string, unknown>;

/** What a vendor's own schema file gives to the contract. The registry of recorders collects them. */
export interface VendorContract {
  vendor: string;
  /** An account in keeprolling.yaml, without the fields that all vendors share. */
  account: z.ZodType<Record<string, unknown>>;
  target: z.ZodType<Record<string, unknown>>;
  options: z.ZodType<Record<string, unknown>>;
  /** The parts of the target's key, after vendor and account. */
  keyParts(target: Record<string, unknown>): string[];
  /** The target whose key has these parts; only where they say all of it. */
  targetOf?(parts: string[]): Record<string, unknown>;
  /** Two accounts with the same identity are the same vendor account and are refused. */
  identity(account: Record<string, unknown>): string;
  /**
   * Which of the policies that touch the vendor's account make sense here, by their name in a specification: `rule` or
   * `config` (what a take needs in the account is called so), `repush`, `made`. Others are refused.
   */
  policies?: readonly ('rule' | 'config' | 'repush' | 'made')[];
  /** Problems between fields of target, options and account, which each schema alone cannot see. */
  subjectProblems?(subject: VendorSubject, account?: PlainFields): Problem[];
  /** What the vendor demands of the place for files; `null` where the specification names none. Without this, none is taken. */
  storageProblems?(subject: VendorSubject, place: Place | null, account?: PlainFields): Problem[];
  /** What may be changed while it records, by kind, each with the schema of its value for this very subject. */
  changes?(subject: VendorSubject): Partial<Record<ChangeKind, z.ZodType>>;
}
