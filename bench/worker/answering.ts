/** Emulated vendors that check every signature and refuse nothing for its number, in a process of its own. */
import { startEmulator } from '../../src/emulators/registry.ts';

const MANY = 1_000_000_000;

process.once('disconnect', () => process.exit(0));
const alibaba = await startEmulator('alibaba', { vendor: { qps: false } });
const huawei = await startEmulator('huawei', { vendor: { limits: { record: MANY, streams: MANY } } });
process.send!({ alibaba: alibaba.url, huawei: huawei.url });
