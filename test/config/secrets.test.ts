import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/settings.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

const CANARY = 'CANARY-5d1f';

function messageFor(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'keeprolling-config-')), 'keeprolling.yaml');
  writeFileSync(file, text);
  try {
    loadSettings(file, VENDORS, {}, '/');
  } catch (error) {
    return `${String(error)} ${JSON.stringify(error)}`;
  }
  throw new Error('It should have been refused.');
}

describe('a configuration that is refused', () => {
  it.each([
    ['an account whose name is wrong', `accounts: {"c d": {vendor: ome, accessToken: ${CANARY}}}`],
    ['an account that is a text', `accounts: {good: "${CANARY}"}`],
    ['an account of an unknown vendor', `accounts: {a: {vendor: none, accessToken: ${CANARY}}}`],
    ['an account with a list for a token', `accounts: {a: {vendor: 7, accessToken: [${CANARY}]}}`],
    ['something that is not YAML', `accounts:\n  a:\n    accessToken: ${CANARY}\n   bad: [`],
    ['a field that does not exist', `accounts: {}\nsecretToken: ${CANARY}`],
  ])('never shows a secret: %s', (_what, text) => {
    expect(messageFor(text)).not.toContain(CANARY);
  });

  it('says where a file is not YAML', () => {
    expect(messageFor('accounts:\n  a: [')).toMatch(/not YAML: .* line \d+, column \d+/);
  });
});
