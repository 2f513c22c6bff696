/** deploy/compose.yaml, without Docker: its parts fit together, and fit what keeprolling and Temporal really have. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { settingsOf } from '../../src/config/settings.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { commandProblem } from './commands.ts';
import { graceSeconds } from './grace.ts';
import { have } from './have.ts';

interface Service {
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  secrets?: string[];
  depends_on?: Record<string, { condition: string }>;
  ports?: string[];
  stop_grace_period?: string;
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, null>;
  secrets: Record<string, { file: string }>;
}

const file = 'deploy/compose.yaml';
const compose = parse(readFileSync(file, 'utf8'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image === 'keeprolling');
const scripts = services.flatMap(([name, { image, command }]) =>
  image.startsWith('temporalio/') ? [[name, command![0]!.replaceAll('$$', '$')] as const] : [],
);

const folder = mkdtempSync(join(tmpdir(), 'keeprolling-compose-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('deploy/compose.yaml', () => {
  it('gives commands that there are to our own services', () => {
    expect(ours.map(([name]) => name)).toEqual(['setup', 'worker', 'gateway']);
    expect(ours.map(([, { command }]) => commandProblem(command!))).toEqual([null, null, null]);
  });

  it('names only services, volumes and secrets that it has', () => {
    for (const [, { depends_on = {}, secrets = [], volumes = [] }] of services) {
      expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(Object.keys(depends_on)));
      expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(secrets));
      const sources = volumes.map((volume) => volume.split(':')[0]!);
      const missing = sources.filter((source) =>
        source.startsWith('.') ? !existsSync(join('deploy', source)) : !(source in compose.volumes),
      );
      expect(missing).toEqual([]);
    }
  });

  it('waits longer for a worker than its calls take', () => {
    expect(graceSeconds()).toBeGreaterThan(30);
    for (const [, service] of ours) {
      expect(Number.parseInt(service.stop_grace_period!, 10)).toBeGreaterThan(graceSeconds());
    }
  });

  it('publishes the gateway on loopback alone, at the port that it listens on and is asked for its health', () => {
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
    expect(published).toEqual([['gateway', '127.0.0.1:8080:8080']]);
    const { command, environment } = compose.services['gateway']!;
    expect(command!.slice(command!.indexOf('--port'))).toEqual(['--port', '8080']);
    expect(environment!['HEALTH_PORT']).toBe('8080');
  });

  it('has one namespace, and the server and tools that the cluster tier was run with', () => {
    const namespaces = services.flatMap(([, { environment }]) => environment?.['TEMPORAL_NAMESPACE'] ?? []);
    expect(new Set(namespaces).size).toBe(1);
    const version = /SERVER = '([\d.]+)'/.exec(readFileSync('scripts/cluster.mjs', 'utf8'))![1];
    const images = services.flatMap(([, { image }]) => (image.startsWith('temporalio/') ? [image] : []));
    expect(new Set(images)).toEqual(
      new Set([`temporalio/server:${version}`, `temporalio/admin-tools:${version}`]),
    );
    const tried = readFileSync('test/cluster/member.ts', 'utf8').match(/postgresql\/v12\/\w+/g);
    expect(readFileSync(file, 'utf8').match(/postgresql\/v12\/\w+/g)).toEqual(tried);
  });

  it('runs scripts that a shell understands, and that hold no secret', () => {
    expect(scripts).toHaveLength(3);
    for (const [, script] of scripts) {
      expect(spawnSync('sh', ['-n', '-c', script]).stderr.toString()).toBe('');
      expect(script).not.toMatch(/PASSWORD=[^"]|PWD=[^"]/);
    }
  });

  it('is understood by Docker Compose', ({ skip }) => {
    if (!have('docker', 'compose', 'version')) skip('there is no `docker compose` on this machine');
    const { status, stderr } = spawnSync('docker', ['compose', '--file', file, 'config', '--quiet']);
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
  });
});

describe('deploy/keeprolling.yaml', () => {
  const text = readFileSync('deploy/keeprolling.yaml', 'utf8');
  const read = [...text.matchAll(/file:(\S+)/g)].map(([, path]) => path!);

  it('reads the secrets that worker and gateway are given, and no other', () => {
    const given = compose.services['worker']!.secrets!.map((name) => `/run/secrets/${name}`);
    expect(read.toSorted()).toEqual(given.toSorted());
    expect(compose.services['gateway']!.secrets).toEqual(compose.services['worker']!.secrets);
  });

  it('is a configuration, with secrets made as the document says', () => {
    const values: Record<string, string> = {
      'receiver-key': `whsec_${randomBytes(32).toString('base64')}`,
    };
    for (const path of read) {
      const name = path.split('/').at(-1)!;
      writeFileSync(join(folder, name), values[name] ?? randomBytes(24).toString('hex'));
    }
    const document: unknown = parse(text.replaceAll('/run/secrets', folder));
    const settings = settingsOf(document, null, folder, VENDORS, {});
    expect(settings.accountNames().map((name) => settings.account(name).vendor)).toEqual(['ome']);
    expect(settings.accountNames().every((name) => settings.hasCallbacks(name))).toBe(true);
    expect(settings.receiver('ops').keys).toHaveLength(1);
    const archive = (settings.archive() as { directory: string }).directory;
    const mounts = compose.services['worker']!.volumes!.map((volume) => volume.split(':')[1]!);
    expect(mounts.some((mount) => archive.startsWith(`${mount}/`))).toBe(true);
    expect(mounts).toContain(compose.services['worker']!.environment!['KEEPROLLING_CONFIG']);
  });
});
