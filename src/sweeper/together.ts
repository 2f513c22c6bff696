/** So many questions are under way at a time: a thousand recordings must not take the server for themselves. */
const AT_ONCE = 20;

/** Asks for each, some at the same time; answers in their order. */
export async function together<T, R>(all: T[], ask: (one: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE)
    answers.push(...(await Promise.all(all.slice(from, from + AT_ONCE).map(ask))));
  return answers;
}
