/**
 * Where emulated recorders put their files: a customer's bucket, as its cloud sees an upload. The emulated cloud
 * (`cloud/`) is one; a vendor's emulator that is given none takes every upload whose credentials have not expired.
 */
export interface Upload {
  bucket: string;
  key: string;
  bytes: number;
  accessKey: string;
  secretKey: string;
  /** Session token of short-lived credentials. */
  token?: string;
}

/**
 * `stored`: the object is there. `denied`: the keys are known and may not write. `expired`: the token has ended.
 * `unknown-key`: no such access key, or its secret or token does not fit. `no-bucket`: there is no such bucket.
 */
export type UploadVerdict = 'stored' | 'denied' | 'expired' | 'unknown-key' | 'no-bucket';

export interface ObjectStore {
  put(upload: Upload, now: number): UploadVerdict;
}
