/**
 * What a newcomer is given of a vendor, and what stands in examples/: its part of keeprolling.yaml and a first
 * specification, as texts with comments. Secrets in them are names of variables and files.
 */
export interface VendorTemplate {
  /** As people call it. */
  title: string;
  /** Below `accounts` in keeprolling.yaml: one account. */
  account: string;
  /** Below `destinations`: the place for files that the specification names; absent for a vendor that takes none. */
  destination?: string;
  /** A specification that names both. */
  specification: string;
  /**
   * Targets and options for which it behaves differently, by the name of the mode; absent where it always behaves as for the
   * specification.
   */
  modes?: Record<string, { target: Record<string, unknown>; options: Record<string, unknown> }>;
}
