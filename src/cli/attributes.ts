/** Our search attributes on a namespace: which are missing, and how they come there. */
import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.ts';

/** Numbers of the server's enum IndexedValueType. */
const KINDS = { Keyword: 2, KeywordList: 7 } as const;

export type Attribute = [name: string, kind: keyof typeof KINDS];

export async function missingAttributes(connection: Connection, namespace: string): Promise<Attribute[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.entries(SEARCH_ATTRIBUTES).filter(
    ([name, kind]) => Number(customAttributes[name]) !== KINDS[kind],
  );
}

export async function addAttributes(
  connection: Connection,
  namespace: string,
  missing: Attribute[],
): Promise<void> {
  const searchAttributes = Object.fromEntries(missing.map(([name, kind]) => [name, KINDS[kind]]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}

/** For whoever may do it: one line each, as a shell takes it. */
export function attributeSteps(namespace: string, attributes: Attribute[]): string[] {
  return attributes.map(
    ([name, kind]) =>
      `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${kind}`,
  );
}
