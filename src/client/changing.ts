/** A change is judged whole before anything is sent: by the vendor's own schemas, and by the names of the configuration. */
import { normalisingContext } from '../config/normalising.ts';
import { refuse, type Problem } from '../contract/problems.ts';
import { referenceProblems } from '../contract/references.ts';
import type { NormalisingContext } from '../contract/specification.ts';
import type { VendorContract } from '../contract/vendor.ts';
import { CHANGE_KINDS, type ChangeKind } from '../session/changes.ts';
import type { Json } from '../session/facts.ts';
import type { NormalSpecification } from '../session/plan.ts';
import type { ChangeValues } from '../session/state.ts';
import { changeProblems } from './change-problems.ts';
import type { Context } from './context.ts';
import type { SessionChange } from './types.ts';

const CONSEQUENCE = 'nothing was changed';

/** What can be told without knowing the session. @throws KeepRollingError E_COMMAND_INVALID */
export function changeValues(change: SessionChange): ChangeValues {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const unknown = given.filter(([kind]) => !(CHANGE_KINDS as readonly string[]).includes(kind));
  const kinds = CHANGE_KINDS.join(', ');
  const problems: Problem[] = unknown.map(([kind]) => ({
    where: kind,
    problem: 'there is no such change',
    try: kinds,
  }));
  if (given.length === 0) problems.push({ where: '', problem: `it changes nothing`, try: `one of ${kinds}` });
  if (problems.length > 0) throw refuse('E_COMMAND_INVALID', 'change', problems, CONSEQUENCE);
  return Object.fromEntries(given) as ChangeValues;
}

/** @throws KeepRollingError E_COMMAND_INVALID with every problem at once, in its details too */
export function assertFits(
  { settings, registry }: Pick<Context, 'settings' | 'registry'>,
  specification: NormalSpecification,
  change: ChangeValues,
): void {
  // Of a vendor that is not known here the session judges by what came with its plan.
  const contract = registry.get(specification.vendor)?.contract;
  if (!contract) return;
  const problems = problemsOf(contract, specification, change, normalisingContext(settings, Date.now()));
  if (problems.length === 0) return;
  throw refuse('E_COMMAND_INVALID', `change of ${specification.name}`, problems, CONSEQUENCE);
}

function problemsOf(
  contract: VendorContract,
  specification: NormalSpecification,
  change: ChangeValues,
  known: NormalisingContext,
): Problem[] {
  const subject = { target: specification.target, options: specification.options };
  const schemas = contract.changes?.(subject) ?? {};
  const kinds = Object.keys(change) as ChangeKind[];
  if (Object.keys(schemas).length === 0)
    return [{ where: kinds.join(', '), problem: 'nothing can be changed in this session' }];
  const references = kinds.flatMap((kind) => [
    ...addressProblems(change[kind], kind),
    ...referenceProblems(change[kind], kind, {
      secrets: known.secrets,
      publicParameters: known.publicParameters ?? [],
    }),
  ]);
  // Of a secret in plain text that is the one thing to say, and nothing of it is quoted.
  const told = new Set(references.map((one) => one.where));
  return [
    ...references.filter((one, i) => references.findIndex(({ where }) => where === one.where) === i),
    ...changeProblems(schemas, change)
      .filter((one) => !told.has(one.where))
      .map(withoutAddress),
    ...(schemas.storage ? destinationProblems(contract, specification, change.storage, known) : []),
  ];
}

/** The path of an RTMP address is the key to the stream. */
function addressProblems(value: Json | undefined, where: string): Problem[] {
  if (typeof value === 'string') {
    if (!/^rtmps?:\/\//i.test(value)) return [];
    return [
      {
        where,
        problem: 'an RTMP address holds its stream key, which would travel in plain text',
        try: '{secret: name}, with the address under secrets in keeprolling.yaml',
      },
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value)
    ? value.flatMap((inner, i) => addressProblems(inner, `${where}[${i}]`))
    : Object.entries(value).flatMap(([field, inner]) => addressProblems(inner, `${where}.${field}`));
}

function withoutAddress(problem: Problem): Problem {
  return problem.found?.includes('://') ? { ...problem, found: '(not shown)' } : problem;
}

/** The destination must exist, and suit the vendor. */
function destinationProblems(
  contract: VendorContract,
  specification: NormalSpecification,
  value: Json | undefined,
  known: NormalisingContext,
): Problem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const { destination } = value;
  if (typeof destination !== 'string') return [];
  const subject = { target: specification.target, options: specification.options };
  const plain = known.plainAccount?.(specification.account);
  const problemsAt = (name: string): Problem[] | undefined => {
    const place = known.placeOf?.(name);
    return place && (contract.storageProblems?.(subject, place, plain) ?? []);
  };
  const found = problemsAt(destination);
  if (found) return found;
  const suitable = (known.destinations ?? []).filter((name) => problemsAt(name)?.length === 0);
  return [
    {
      where: 'storage.destination',
      found: JSON.stringify(destination),
      problem: 'the configuration has no such destination',
      try:
        suitable.length > 0
          ? `one of ${suitable.join(', ')}`
          : 'add it under destinations in keeprolling.yaml',
    },
  ];
}
