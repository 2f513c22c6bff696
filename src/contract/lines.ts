/** What stands in one line of a table or a timeline: a refused configuration tells all its problems in many. */
export function firstLine(text: string): string {
  return text.trimStart().split('\n', 1)[0]!.trimEnd();
}
