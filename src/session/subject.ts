import type { Json } from './facts.ts';
import type { Plan } from './plan.ts';

/** What a recorder is told of a session besides its takes. */
export function subjectOf({ specification }: Plan): {
  vendor: string;
  account: string;
  target: Record<string, Json>;
  options: Record<string, Json>;
} {
  const { vendor, account, target, options } = specification;
  return { vendor, account, target, options };
}
