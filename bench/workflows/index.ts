/** What the sessions are compared with: the least that Temporal lets one do. */
export { bare } from './bare.ts';
export { loop } from './loop.ts';
export { sleeper } from './sleeper.ts';
export { ticks } from './ticks.ts';
export { watcher } from './watcher.ts';
