/** Recording rules: created, listed, changed, deleted, and matched when a stream is pushed. */
import type { Outcome } from '../faulty.ts';
import { queryInteger, readBody } from './fields.ts';
import { checkDomain } from './domains.ts';
import { emptyReply, illegal, missing, refuse, reply } from './reply.ts';
import { readRule, shownRule, type RuleParts } from './rule-config.ts';
import type { Route } from './routes.ts';
import { keyOf, nextSerial, type HuaweiState, type Rule, type Triple } from './state.ts';

export function createRule(state: HuaweiState, body: string): Outcome {
  const parts = readRule(state.config, readBody(body));
  checkDomain(state, parts.publishDomain);
  checkOthers(state, parts);
  const id = state.config.names.hex(32, 'rule', nextSerial(state));
  const rule: Rule = { id, ...parts, createdAt: state.at, updatedAt: undefined };
  state.rules.set(id, rule);
  return { response: reply(201, shownRule(state.config, rule)), detail: `rule ${id} ${keyOf(rule)}` };
}

export function listRules(state: HuaweiState, { query }: Route): Outcome {
  const offset = queryInteger(query, 'offset', { least: 0, most: Number.MAX_SAFE_INTEGER, usual: 0 });
  const limit = queryInteger(query, 'limit', { least: 1, most: 100, usual: 10 });
  const fits = (name: string, value: string) => (query.get(name) ?? value) === value;
  const found = [...state.rules.values()].filter(
    (rule) =>
      fits('publish_domain', rule.publishDomain) &&
      fits('app', rule.app) &&
      fits('stream', rule.stream) &&
      fits('record_type', rule.recordType),
  );
  const page = found.slice(offset, offset + limit);
  return {
    response: reply(200, {
      total: found.length,
      record_config: page.map((rule) => shownRule(state.config, rule)),
    }),
  };
}

export function showRule(state: HuaweiState, { id }: Route): Outcome {
  return { response: reply(200, shownRule(state.config, findRule(state, id))) };
}

/** Streams that are being pushed keep the rule that they were pushed under. */
export function updateRule(state: HuaweiState, { id }: Route, body: string): Outcome {
  const before = findRule(state, id);
  const parts = readRule(state.config, readBody(body));
  if (keyOf(parts) !== keyOf(before)) illegal('publish_domain, app and stream of a rule stay');
  checkOthers(state, parts, id);
  const rule: Rule = { ...before, ...parts, updatedAt: state.at };
  state.rules.set(id, rule);
  return { response: reply(200, shownRule(state.config, rule)), detail: `rule ${id}` };
}

export function deleteRule(state: HuaweiState, { id }: Route): Outcome {
  findRule(state, id);
  state.rules.delete(id);
  return { response: emptyReply(204), detail: `rule ${id}` };
}

/** Of the stream before of its app before of its domain. */
export function ruleFor(state: HuaweiState, { publishDomain, app, stream }: Triple): Rule | undefined {
  const rules = [...state.rules.values()].filter((rule) => rule.publishDomain === publishDomain);
  const at = (itsApp: string, itsStream: string) =>
    rules.find((rule) => rule.app === itsApp && rule.stream === itsStream);
  return at(app, stream) ?? at(app, '*') ?? at('*', '*');
}

function findRule(state: HuaweiState, id: string): Rule {
  return state.rules.get(id) ?? missing(state.config.unknowns.missingStatus);
}

function checkOthers(state: HuaweiState, parts: RuleParts, id?: string): void {
  const { duplicateRuleCode, sameLevel } = state.config.unknowns;
  const others = [...state.rules.values()].filter(
    (rule) => rule.id !== id && rule.publishDomain === parts.publishDomain,
  );
  if (others.some((rule) => keyOf(rule) === keyOf(parts) && rule.recordType === parts.recordType))
    refuse(400, duplicateRuleCode, 'The record rule already exists');
  const alike = others.filter((rule) =>
    sameLevel === 'domain' ? levelOf(rule) === levelOf(parts) : keyOf(rule) === keyOf(parts),
  );
  if (alike.some((rule) => rule.recordType !== parts.recordType))
    refuse(400, 'LIVE.103011022', 'Rules at the same level must have the same record_type');
}

function levelOf({ app, stream }: Triple): 'domain' | 'app' | 'stream' {
  if (stream !== '*') return 'stream';
  return app === '*' ? 'domain' : 'app';
}
