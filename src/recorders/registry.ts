/** The one list of vendors. A sixth one adds a line here, a folder beside this file, and a schema in the contract. */
import type { VendorContract } from '../contract/vendor.ts';
import { agoraContract } from '../contract/vendors/agora.ts';
import { alibabaContract } from '../contract/vendors/alibaba.ts';
import { huaweiContract } from '../contract/vendors/huawei.ts';
import { naverContract } from '../contract/vendors/naver.ts';
import { omeContract } from '../contract/vendors/ome.ts';
import { agoraRecorder } from './agora/adapter.ts';
import { agoraCallbacks } from './agora/callbacks.ts';
import { agoraTemplate } from './agora/template.ts';
import { alibabaRecorder } from './alibaba/adapter.ts';
import { alibabaCallbacks } from './alibaba/callbacks.ts';
import { alibabaTemplate } from './alibaba/template.ts';
import type { Callbacks } from './callbacks.ts';
import { huaweiRecorder } from './huawei/adapter.ts';
import { huaweiCallbacks } from './huawei/callbacks.ts';
import { huaweiTemplate } from './huawei/template.ts';
import { naverRecorder } from './naver/adapter.ts';
import { naverCallbacks } from './naver/callbacks.ts';
import { naverTemplate } from './naver/template.ts';
import { omeRecorder } from './ome/adapter.ts';
import { omeCallbacks } from './ome/callbacks.ts';
import { omeTemplate } from './ome/template.ts';
import type { Recorder } from './recorder.ts';
import type { VendorTemplate } from './template.ts';

type Data = Record<string, unknown>;

export interface Vendor {
  contract: VendorContract;
  recorder: Recorder<Data, Data, Data>;
  /** How its callbacks are verified and read; absent where it sends none. */
  callbacks?: Callbacks<Data>;
  /** What a newcomer is given of it. */
  template?: VendorTemplate;
}

export type Registry = ReadonlyMap<string, Vendor>;

export function registryOf(vendors: Vendor[]): Registry {
  return new Map(vendors.map((vendor) => [vendor.contract.vendor, vendor]));
}

export const VENDORS: Registry = registryOf([
  { contract: agoraContract, recorder: agoraRecorder, callbacks: agoraCallbacks, template: agoraTemplate },
  {
    contract: alibabaContract,
    recorder: alibabaRecorder,
    callbacks: alibabaCallbacks,
    template: alibabaTemplate,
  },
  {
    contract: huaweiContract,
    recorder: huaweiRecorder,
    callbacks: huaweiCallbacks,
    template: huaweiTemplate,
  },
  { contract: naverContract, recorder: naverRecorder, callbacks: naverCallbacks, template: naverTemplate },
  { contract: omeContract, recorder: omeRecorder, callbacks: omeCallbacks, template: omeTemplate },
]);
