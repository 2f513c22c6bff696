/** The emulated vendors, as a library and by name for the command line. */
export { createAgoraEmulator } from './agora/agora.ts';
export type { AgoraEmulator } from './agora/agora.ts';
export { noticeRequest } from './agora/notices.ts';
export type { Notice, NoticeRequest } from './agora/notices.ts';
export type {
  AgoraApp,
  AgoraCapacity,
  AgoraEmulatorOptions,
  AgoraNotices,
  AgoraUnknowns,
  OldCode,
} from './agora/options.ts';
export { createAlibabaEmulator } from './alibaba/alibaba.ts';
export type { AlibabaEmulator } from './alibaba/alibaba.ts';
export type {
  AlibabaBucket,
  AlibabaDomain,
  AlibabaEmulatorOptions,
  AlibabaKey,
  AlibabaRole,
  AlibabaUnknowns,
} from './alibaba/options.ts';
export { besideCloud } from './cloud/beside.ts';
export { createCloudEmulator } from './cloud/cloud.ts';
export type { CloudEmulator } from './cloud/cloud.ts';
export type { CloudBucket, CloudEmulatorOptions, CloudKey, CloudRole } from './cloud/options.ts';
export { createNaverEmulator } from './naver/naver.ts';
export type { NaverEmulator } from './naver/naver.ts';
export type {
  NaverChannel,
  NaverEmulatorOptions,
  NaverError,
  NaverQuality,
  NaverQualitySet,
  NaverUnknowns,
} from './naver/options.ts';
export type { NaverRecordSettings, NaverSettings } from './naver/settings.ts';
export { createHuaweiEmulator } from './huawei/huawei.ts';
export type { HuaweiEmulator } from './huawei/huawei.ts';
export type {
  HuaweiCallbacks,
  HuaweiEmulatorOptions,
  HuaweiLimits,
  HuaweiUnknowns,
  HuaweiUser,
} from './huawei/options.ts';
export { createOmeEmulator } from './ome/ome.ts';
export type { OmeEmulator } from './ome/ome.ts';
export type {
  OmeAdmissionOptions,
  OmeAlertsOptions,
  OmeAppOptions,
  OmeEmulatorOptions,
  OmeUnknowns,
  OmeVhostOptions,
} from './ome/options.ts';
export { ManualClock, offsetClock, systemClock } from './clock.ts';
export type { SettableClock } from './clock.ts';
export { emulatorDispatcher } from './dispatcher.ts';
export type { EmulatorDispatcherOptions } from './dispatcher.ts';
export type { Clock, Emulator, EmulatorAnswer, EmulatorRequest, EmulatorResponse } from './emulator.ts';
export { FaultPlan } from './faults.ts';
export type { Fault, FaultKind } from './faults.ts';
export { faultyHandle } from './faulty.ts';
export type { Outcome, VendorHandling } from './faulty.ts';
export type { ObjectStore, Upload, UploadVerdict } from './object-store.ts';
export { serveEmulator } from './serve.ts';
export type { ServedEmulator, ServeOptions } from './serve.ts';
export { TruthLog } from './truth.ts';
export type { TruthEntry, Verdict } from './truth.ts';
export { emulatedDestination, emulatedVendors, startCloud, startEmulator } from './registry.ts';
export type { StartedCloud, StartedEmulator, StartEmulatorOptions } from './registry.ts';
