/**
 * Search attributes, few on purpose: PostgreSQL visibility allows 10 Keyword attributes and one KeywordList a
 * namespace. They are optional: an attribute that the namespace lacks would stop a workflow task for ever.
 */
export const SEARCH_ATTRIBUTES = {
  KeeprollingSession: 'Keyword',
  KeeprollingTarget: 'Keyword',
  KeeprollingAccount: 'Keyword',
  KeeprollingOwner: 'Keyword',
  KeeprollingPhase: 'Keyword',
  KeeprollingOutcome: 'Keyword',
  KeeprollingLabels: 'KeywordList',
} as const;

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;
