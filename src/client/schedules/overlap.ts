/** Temporal's overlap policies, in our words. */
import { ScheduleOverlapPolicy } from '@temporalio/client';

export const OVERLAP = {
  allow: ScheduleOverlapPolicy.ALLOW_ALL,
  skip: ScheduleOverlapPolicy.SKIP,
  'buffer-one': ScheduleOverlapPolicy.BUFFER_ONE,
  'buffer-all': ScheduleOverlapPolicy.BUFFER_ALL,
} as const;

/** One that we have no word for is told in Temporal's. */
export function overlapOf({ overlap = '' }: { overlap: string | undefined }): string {
  const [word] = Object.entries(OVERLAP).find(([, policy]) => policy === overlap) ?? [overlap];
  return word;
}
