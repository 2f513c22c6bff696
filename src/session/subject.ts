import type { Json } from './facts.ts';
import type { Plan } from './plan.ts';

/** What a recorder is told of a session besides its takes. */
export function subjectOf({ specification }: Plan): {
  vendor: string;
  account: string;
  target: Record<string, Json>;
  options: Record<string, Json>;
  title: string;
  foreign: 'refuse' | 'adopt';
} {
  const { vendor, account, target, options, name, policy } = specification;
  return { vendor, account, target, options, title: name, foreign: policy.foreign };
}
