/** `import { startGateway } from 'keeprolling/gateway'`: the way in for what vendors call back, in a process of your own. */
export { startGateway } from './gateway.ts';
export type { Gateway, GatewayOptions } from './gateway.ts';
export { NO_ACCOUNT, STARTS, VERDICTS } from './counts.ts';
export type { CallbackCounts, StartResult, Verdict } from './counts.ts';
export { readSettings } from '../config/read.ts';
export type { ReadOptions, ReadSettings } from '../config/read.ts';
export type { Settings } from '../config/settings.ts';
