/** Turns a command's function into an action of commander: context in, exit code out. */
import type { Command } from 'commander';
import { createContext, type Context, type GlobalOptions } from './context.ts';
import { environment } from './environment.ts';

type Handler<Options> = (
  context: Context,
  args: string[],
  options: Options & GlobalOptions,
) => Promise<number>;

/** The handler answers the exit code; what it throws is told by main.ts. */
export function command<Options extends object>(
  handler: Handler<Options>,
): (...args: unknown[]) => Promise<void> {
  return async (...given) => {
    // Commander gives the arguments, then the command's own options, then the command.
    const self = given.at(-1) as Command;
    const options = self.optsWithGlobals<Options & GlobalOptions>();
    const context = createContext(environment, options);
    process.exitCode = await handler(context, self.args, options);
  };
}
