import type { z } from 'zod';
import { problemsOf, refuse } from '../contract/problems.ts';

/** An entry of the configuration by its schema. `path`: where it stands. @throws KeepRollingError E_CONFIG_INVALID */
export function parsedEntry<S extends z.ZodType>(
  schema: S,
  document: unknown,
  path: [section: string, name: string],
  file: string | null,
): z.output<S> {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw refuse(
    'E_CONFIG_INVALID',
    file ?? 'the configuration',
    problemsOf(parsed.error, document, path),
    'nothing was called',
  );
}
