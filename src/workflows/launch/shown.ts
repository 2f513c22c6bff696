/** What describe and lists show of a window: a schedule gives its launcher neither memo nor attributes of the session. */
import { upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import type { LaunchPlan } from '../definitions.ts';

export function show({ memo, startAt, searchAttributes }: LaunchPlan, schedule: string | undefined): void {
  const { lastKnown: _unbegun, ...own } = memo;
  upsertMemo({
    ...own,
    startAt: new Date(startAt).toISOString(),
    ...(schedule !== undefined && { schedule }),
  });
  if (Object.keys(searchAttributes).length === 0) return;
  upsertSearchAttributes(attributePairs({ ...searchAttributes, KeeprollingPhase: ['scheduled'] }));
}

export function attributePairs(values: Record<string, string[]>): SearchAttributePair[] {
  return Object.entries(values).map(([name, list]) =>
    list.length === 1 && name !== 'KeeprollingLabels'
      ? { key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value: list[0]! }
      : { key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD_LIST), value: list },
  );
}
