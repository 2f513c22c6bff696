import type { z } from 'zod';

/** What a vendor's own schema file gives to the contract. The registry of recorders collects them. */
export interface VendorContract {
  vendor: string;
  /** An account in keeprolling.yaml, without the fields that all vendors share. */
  account: z.ZodType<Record<string, unknown>>;
  target: z.ZodType<Record<string, unknown>>;
  options: z.ZodType<Record<string, unknown>>;
  /** The parts of the target's key, after vendor and account. */
  keyParts(target: Record<string, unknown>): string[];
  /** Two accounts with the same identity are the same vendor account and are refused. */
  identity(account: Record<string, unknown>): string;
}
