export { ServerUnavailable, findTemporalCli, findTestServer } from './binaries.ts';
export type { FindOptions, FoundBinary } from './binaries.ts';
export { startDevServer } from './dev-server.ts';
export type { DevServer, DevServerOptions, SearchAttributeKind } from './dev-server.ts';
