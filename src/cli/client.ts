/** The client of a command: opened from the same configuration, and closed whatever happens. */
import type { Client } from '../client/types.ts';
import type { Context } from './context.ts';

export async function withClient<T>(context: Context, work: (client: Client) => Promise<T>): Promise<T> {
  // Loaded here only: commands that call nobody start in a third of the time without it.
  const { KeepRolling } = await import('../client/index.ts');
  const config = context.configurationFile();
  const { env, cwd, registry } = context;
  const client = await KeepRolling.connect({ env, cwd, registry, ...(config !== null && { config }) });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
