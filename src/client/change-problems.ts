/** What the vendor's own schemas say to a change. */
import { rulesOf } from '../contract/changes.ts';
import { problemsOf, type Problem } from '../contract/problems.ts';
import type { VendorContract } from '../contract/vendor.ts';
import { misfit, type ChangeKind } from '../session/changes.ts';

type Schemas = ReturnType<NonNullable<VendorContract['changes']>>;

/** Empty when they take it. */
export function changeProblems(schemas: Schemas, change: Partial<Record<ChangeKind, unknown>>): Problem[] {
  return (Object.keys(change) as ChangeKind[]).flatMap((kind) => {
    const schema = schemas[kind];
    if (!schema) {
      const known = Object.keys(schemas).join(', ') || 'nothing';
      return [{ where: kind, problem: 'it cannot be changed in this session', try: known }];
    }
    const parsed = schema.safeParse(change[kind]);
    if (parsed.success) return [];
    // Where the schema itself says which value it is, its own words and rule are told.
    if (parsed.error.issues.every(({ path, code }) => path.length > 0 && code !== 'invalid_union'))
      return problemsOf(parsed.error, change[kind], [kind]);
    const deep = misfit(rulesOf(schema), change[kind], kind);
    if (deep === null) return problemsOf(parsed.error, change[kind], [kind]);
    // In the words in which the session itself would refuse it.
    const [where = kind, ...words] = deep.split(' ');
    return [{ where, problem: words.join(' ') }];
  });
}
