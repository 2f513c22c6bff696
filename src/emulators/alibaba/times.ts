/** Times as the API writes them: `2018-04-10T09:57:21Z`. */
const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** Undefined where it is none. */
export function readTime(text: string): number | undefined {
  if (!FORM.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

export function writeTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
