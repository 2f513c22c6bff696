/** What a session at each emulated vendor is tried with: options that its schema takes, and what its account needs. */
import type { VendorPlay } from '../driver/emulated-world.ts';

const OPTIONS: Record<string, Record<string, unknown>> = {
  huawei: {
    record_format: ['HLS', 'MP4'],
    hls_config: { record_cycle: 3600, record_max_duration_to_merge_file: 60 },
    mp4_config: { record_cycle: 3600, record_max_duration_to_merge_file: 60 },
  },
  alibaba: {
    DelayTime: 180,
    RecordFormat: [
      {
        Format: 'm3u8',
        CycleDuration: 3600,
        SliceDuration: 30,
        OssObjectPrefix: 'rec/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}',
        SliceOssObjectPrefix: 'rec/{AppName}/{StreamName}/{UnixTimestamp}_{Sequence}',
      },
    ],
  },
};

/** Where Agora tells nothing of who was there when its recorder joined, drops of those stay unseen: see docs/agora.md. */
const EMULATOR: Record<string, Record<string, unknown>> = {
  agora: { unknowns: { streamsAtJoin: 'told' } },
};

export const FIXED_VENDORS = ['huawei', 'alibaba', 'naver'] as const;

/** A play at the vendor: `specification` stands beside what the vendor needs. */
export function playOf(vendor: string, play: VendorPlay = {}): VendorPlay {
  const options = OPTIONS[vendor];
  const emulator = { ...EMULATOR[vendor], ...play.emulator };
  return {
    ...play,
    emulator,
    specification: { ...(options && { options }), ...play.specification },
  };
}
