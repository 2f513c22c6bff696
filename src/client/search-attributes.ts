import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.ts';
import { DEADLINES } from './context.ts';
import type { Reach } from './reach.ts';

/** Numbers of the server's enum IndexedValueType. */
const KIND_NUMBERS: Record<string, number> = { Keyword: 2, KeywordList: 7 };

/**
 * Whether the namespace has all of our attributes, asked once. Where that cannot be told (Temporal Cloud has no such
 * service for it) they are left out: an unknown attribute would refuse the start, or stop the workflow for ever.
 */
export function searchAttributesAsked(reach: Reach): () => Promise<boolean> {
  let known: boolean | undefined;
  return async () => {
    if (known !== undefined) return known;
    try {
      const { customAttributes } = await reach.within(
        DEADLINES.describe,
        async ({ connection }) =>
          await connection.operatorService.listSearchAttributes({ namespace: reach.namespace }),
      );
      known = Object.entries(SEARCH_ATTRIBUTES).every(
        ([name, kind]) => Number(customAttributes[name]) === KIND_NUMBERS[kind],
      );
      return known;
    } catch {
      return false;
    }
  };
}

export function typedAttributes(values: Record<string, string[]>): TypedSearchAttributes {
  const pairs = Object.entries(values).map(([name, list]) =>
    SEARCH_ATTRIBUTES[name as keyof typeof SEARCH_ATTRIBUTES] === 'KeywordList'
      ? { key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD_LIST), value: list }
      : { key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value: list[0]! },
  );
  return new TypedSearchAttributes(pairs);
}
