/** A command that prints credentials in the form of AWS's `credential_process`. */
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { formatDuration, parseInstant } from '../contract/time.ts';
import type { CredentialSource } from '../contract/destinations.ts';
import { lifeOf, refused, type Obtain } from './provider.ts';

type ExecProvider = Extract<CredentialSource, { provider: 'exec' }>;

/** Session tokens are 1 to 2 KiB long; nothing asks for more than a few. */
const MAX_OUTPUT_BYTES = 64 * 1024;

const outputSchema = z.object({
  Version: z.literal(1),
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  SessionToken: z.string().min(1).optional(),
  Expiration: z
    .string()
    .transform((text) => parseInstant(text))
    .pipe(z.number())
    .optional(),
});

export const execCommand: Obtain<ExecProvider> = async (provider, { name, now }) => {
  const mintedAt = now();
  const ended = await run(provider.command, provider.timeout);
  if ('trouble' in ended) throw refused(name, `its command ${ended.trouble}`);
  const output = parse(ended.output);
  if (typeof output === 'string') throw refused(name, `its command ${output}`);
  const { AccessKeyId: accessKey, SecretAccessKey: secretKey, SessionToken: token, Expiration: end } = output;
  if (end !== undefined && end <= now())
    throw refused(name, 'its command gives credentials that have expired');
  return {
    accessKey,
    secretKey,
    ...(token !== undefined && { token }),
    life: end === undefined ? null : lifeOf(accessKey, token, mintedAt, end),
  };
};

/** Fields are named, and nothing of what was printed is. */
function parse(text: string): z.output<typeof outputSchema> | string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return 'does not print JSON';
  }
  const parsed = outputSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const fields = new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? 'the whole')));
  return `does not print the form of credential_process (wrong: ${[...fields].join(', ')})`;
}

/**
 * No shell. The command leads a process group of its own, which is killed whole when it ends, is too slow or says too
 * much. What it writes to stderr is not read: it may hold anything.
 */
function run(command: string[], timeoutMs: number): Promise<{ output: string } | { trouble: string }> {
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(file, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'], shell: false });
    const pieces: Buffer[] = [];
    let bytes = 0;
    let trouble: string | undefined;
    const endGroup = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group is gone.
      }
    };
    const giveUp = (why: string): void => {
      trouble ??= why;
      endGroup();
    };
    const timer = setTimeout(
      () => giveUp(`did not end within ${formatDuration(timeoutMs)} and was killed`),
      timeoutMs,
    );
    child.stdout.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > MAX_OUTPUT_BYTES) giveUp('prints far more than credentials and was killed');
      else pieces.push(piece);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve({ trouble: `cannot be started (${error.code ?? 'unknown error'})` });
    });
    // Whatever it left in the background would hold its output open.
    child.on('exit', endGroup);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (trouble !== undefined) resolve({ trouble });
      else if (code !== 0) {
        const how = code === null ? `was killed by ${signal}` : `ended with exit code ${code}`;
        resolve({ trouble: `${how}: run it by hand to see why` });
      } else resolve({ output: Buffer.concat(pieces).toString('utf8') });
    });
  });
}
