/** Reads the parameters of an operation; what is wrong is refused in the words of the generation that is emulated. */
import { refuse } from './reply.ts';
import type { AlibabaDomain } from './options.ts';
import type { AlibabaState, Triple } from './state.ts';
import { readTime } from './times.ts';

export type Parameters = Map<string, string>;

/**
 * The current edition says `MissingParam` of RealTimeRecordCommand and the common page `MissingParameter` of others; the
 * edition of 2018 names the parameter.
 */
export function required(
  state: AlibabaState,
  parameters: Parameters,
  name: string,
  missing = 'MissingParameter',
): string {
  const value = parameters.get(name) ?? '';
  if (value !== '') return value;
  const code = state.config.unknowns.codes === '2018' ? `Missing${name}` : missing;
  return refuse(400, code, `${name} is mandatory for this action.`);
}

/** A whole number within bounds, `usual` where there is none. */
export function integer(
  parameters: Parameters,
  name: string,
  {
    usual,
    min,
    max,
    code = `Invalid${name}.Malformed`,
  }: { usual: number; min: number; max: number; code?: string },
): number {
  const text = parameters.get(name) ?? '';
  if (text === '') return usual;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    refuse(400, code, `Specified parameter ${name} is not valid.`);
  return value;
}

export function choice<T extends string>(
  parameters: Parameters,
  name: string,
  choices: readonly [T, ...T[]],
): T {
  const text = parameters.get(name) ?? '';
  if (text === '') return choices[0];
  return (
    choices.find((one) => one === text) ??
    refuse(400, `Invalid${name}.Malformed`, `Specified parameter ${name} is not valid.`)
  );
}

export function boolean(parameters: Parameters, name: string, usual: boolean): boolean {
  const text = parameters.get(name) ?? '';
  if (text === '') return usual;
  if (text !== 'true' && text !== 'false')
    refuse(400, `Invalid${name}.Malformed`, `Specified parameter ${name} is not valid.`);
  return text === 'true';
}

/** From `StartTime` to `EndTime`, both given, and at most so many days apart. */
export function range(
  state: AlibabaState,
  parameters: Parameters,
  mostDays: number,
): { from: number; to: number } {
  const time = (name: string): number =>
    readTime(required(state, parameters, name)) ??
    refuse(400, `Invalid${name}.Malformed`, `Specified ${name} is malformed.`);
  const [from, to] = [time('StartTime'), time('EndTime')];
  if (to <= from || to - from > mostDays * 86_400_000)
    refuse(
      400,
      'InvalidEndTime.Mismatch',
      'Specified EndTime does not math the specified StartTime or current time.',
    );
  return { from, to };
}

/** The playback domain that is named. */
export function playDomain(state: AlibabaState, parameters: Parameters, missing?: string): AlibabaDomain {
  const name = required(state, parameters, 'DomainName', missing);
  return state.domains.find(({ play }) => play === name) ?? noDomain();
}

/** Named by either of its domains. */
export function anyDomain(state: AlibabaState, parameters: Parameters, missing?: string): AlibabaDomain {
  const name = required(state, parameters, 'DomainName', missing);
  return state.domains.find(({ play, push }) => play === name || push === name) ?? noDomain();
}

/** The one to which encoders push. */
export function pushDomain(state: AlibabaState, parameters: Parameters): AlibabaDomain {
  const name = required(state, parameters, 'DomainName');
  return state.domains.find(({ push }) => push === name) ?? noDomain();
}

export function noDomain(): never {
  refuse(404, 'InvalidDomain.NotFound', 'The domain provided does not belong to you.');
}

export function tripleOf(state: AlibabaState, parameters: Parameters, domain: string): Triple {
  return {
    domain,
    app: required(state, parameters, 'AppName'),
    name: required(state, parameters, 'StreamName'),
  };
}

export interface Page<T> {
  rows: T[];
  fields: { PageNum: number; PageSize: number; TotalNum: number; TotalPage: number };
}

export function paged<T>(
  rows: T[],
  parameters: Parameters,
  size: { usual: number; min: number; max: number },
  numberName = 'PageNum',
): Page<T> {
  const PageSize = integer(parameters, 'PageSize', size);
  const PageNum = integer(parameters, numberName, { usual: 1, min: 1, max: 100_000 });
  return {
    rows: rows.slice((PageNum - 1) * PageSize, PageNum * PageSize),
    fields: { PageNum, PageSize, TotalNum: rows.length, TotalPage: Math.ceil(rows.length / PageSize) },
  };
}
