/** What scripts/cluster.mjs has found or built, handed over in one variable. */
export interface Given {
  /** The Temporal server and its schema tool. */
  server: string;
  sqlTool: string;
  /** PostgreSQL's folder of executables, and the ordinary user for them where we are root. */
  pgBin: string;
  pgUser: string | null;
  /** A name with the addresses of both servers; without one a proxy stands before them. */
  name: string | null;
  /** For files of this run; it is removed afterwards. Others may pass through it. */
  folder: string;
  /** Where logs are left. */
  logs: string;
}

export function given(): Given {
  const text = process.env['KEEPROLLING_CLUSTER'];
  if (text === undefined) throw new Error('Nothing is provided: run this by `npm run test:cluster`.');
  return JSON.parse(text) as Given;
}
