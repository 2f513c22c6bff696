/** deploy/alerts.yaml: every number, label and word in it exists, and every alert fires when it should and only then. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ERRORS } from '../../src/contract/errors.ts';
import { STARTS, VERDICTS } from '../../src/gateway/counts.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { anchors, named, read } from '../docs/markdown.ts';
import { have } from './have.ts';

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}
interface Group {
  name: string;
  rules: Rule[];
}

const FILE = 'deploy/alerts.yaml';
const SCENARIOS = 'test/deploy/alerts.promtool.yaml';
const rules = (parse(readFileSync(FILE, 'utf8')) as { groups: Group[] }).groups.flatMap((one) => one.rules);
const life = read('docs/session-life.md');

/** Values that a label can have; others are names of the configuration. */
const WORDS: Record<string, readonly string[]> = {
  who: named(life, 'Who must act'),
  outcome: named(life, 'Outcomes'),
  cause: named(life, 'Gaps'),
  verdict: VERDICTS,
  result: [...Object.keys(ERRORS), 'ok', 'failed', 'held-back', ...STARTS],
};

describe('deploy/alerts.yaml', () => {
  it('looks at numbers that we tell, with the labels that they have', async () => {
    const told = await labelsByMetric();
    const wrong = rules.flatMap(({ alert, expr }) =>
      [...expr.matchAll(/\b(keeprolling_\w+)(?:\{([^}]*)\})?/g)].flatMap(([, name = '', matchers = '']) => {
        const labels = told.get(name.replace(/_(bucket|sum|count)$/, ''));
        if (labels === undefined) return [`${alert}: there is no ${name}`];
        const asked = [...matchers.matchAll(/(\w+)[=!]/g)].map(([, label]) => label!);
        return asked
          .filter((label) => !labels.includes(label))
          .map((label) => `${alert}: ${name} has no ${label}`);
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("looks at numbers of the SDK's that its native part has", () => {
    const asked = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/\btemporal_(\w+)/g)].map(([, name]) => name!),
    );
    expect(asked.length).toBeGreaterThan(0);
    const bridge = dirname(createRequire(import.meta.url).resolve('@temporalio/core-bridge/package.json'));
    const native = readFileSync(join(bridge, 'releases', 'x86_64-unknown-linux-gnu', 'index.node'), 'latin1');
    expect(asked.filter((name) => !native.includes(name))).toEqual([]);
  });

  it('asks for words that the labels can have', () => {
    const wrong = rules.flatMap(({ alert, expr }) =>
      [...expr.matchAll(/\b(\w+)[=!]~?"([^"]*)"/g)].flatMap(([, label = '', value = '']) =>
        value
          .split('|')
          .filter((word) => WORDS[label]?.includes(word) === false)
          .map((word) => `${alert}: ${label} is never ${word}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('says how urgent each alert is, what has happened, and where its line in the runbook is', () => {
    const lines = anchors(read('docs/production.md'));
    for (const { alert, labels, annotations } of rules) {
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(annotations.summary).not.toBe('');
      const [file, anchor] = annotations.runbook.split('#');
      expect([file, anchor]).toEqual(['docs/production.md', alert.toLowerCase()]);
      expect(lines).toContain(anchor);
    }
  });

  it('has a line in the runbook for each alert, and for no other', () => {
    const told = [...read('docs/production.md').matchAll(/<a id="[a-z]+"><\/a>`(\w+)`/g)].map(
      ([, name]) => name!,
    );
    expect(told).toEqual(rules.map(({ alert }) => alert));
  });

  it('has a scenario for each alert in which it fires', () => {
    const text = readFileSync(SCENARIOS, 'utf8');
    const fired = new Set([...text.matchAll(/'\{alertname="(\w+)"\}'/g)].map(([, name]) => name!));
    expect(rules.map(({ alert }) => alert).filter((name) => !fired.has(name))).toEqual([]);
  });

  it.for([
    ['is taken by Prometheus', ['check', 'rules', FILE]],
    ['fires when it should, and only then', ['test', 'rules', SCENARIOS]],
    ['is read by the example of a configuration', ['check', 'config', 'deploy/prometheus.yaml']],
  ] as const)('%s', ([, args], { skip }) => {
    if (!have('promtool', '--version'))
      skip('there is no promtool on this machine: Debian has it in the package prometheus');
    const { status, stdout, stderr } = spawnSync('promtool', args);
    expect(status, `${stdout.toString()}${stderr.toString()}`).toBe(0);
  });
});

/** Of all that can be told: help lines for the names, and the labels as the registry was given them. */
async function labelsByMetric(): Promise<Map<string, string[]>> {
  const metrics = createMetrics();
  const names = [...(await metrics.text()).matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name!);
  const rowsOf = read('docs/metrics.md').split('\n');
  return new Map(
    names.map((name) => {
      const row = rowsOf.find((line) => line.startsWith(`| \`${name}\``));
      if (row === undefined) throw new Error(`docs/metrics.md has no row for ${name}.`);
      return [name, [...row.split('|')[3]!.matchAll(/`(\w+)`/g)].map(([, label]) => label!)];
    }),
  );
}
