/** What each vendor can do, as its recorder says it: traits, quotas and the contract, and nothing written beside them. */
import { parse } from 'yaml';
import type { VendorSubject } from '../../contract/vendor.ts';
import type { Quota } from '../../recorders/recorder.ts';
import type { Registry, Vendor } from '../../recorders/registry.ts';
import type { ChangeKind } from '../../session/changes.ts';
import type { Traits } from '../../session/traits.ts';
import { lasting } from '../render/text.ts';

/** How a vendor behaves in one of its modes; `mode` is null where it has but one way. */
export interface VendorMode {
  mode: string | null;
  traits: Traits;
  changes: ChangeKind[];
}

export interface VendorSheet {
  vendor: string;
  title: string;
  modes: VendorMode[];
  quotas: readonly Quota[];
  sharedList: string | null;
  /** What can be listed of all that records now. */
  lists: 'account' | 'target' | 'none';
  /** What ends a recording that nobody stops. */
  unattended: string;
  /** Policies about the vendor's account that it knows. */
  policies: readonly string[];
  /** Who tells the vendor where to call: `keeprolling callbacks`, somebody in its console, or nobody. */
  callbackSetup: 'command' | 'by-hand' | null;
}

export function vendorSheets(registry: Registry): VendorSheet[] {
  return [...registry.values()].map(sheetOf);
}

function sheetOf(vendor: Vendor): VendorSheet {
  const { contract, recorder, callbacks, template } = vendor;
  return {
    vendor: contract.vendor,
    title: template?.title ?? contract.vendor,
    modes: subjectsOf(vendor).map(([mode, subject]) => ({
      mode,
      traits: recorder.traits(subject),
      changes: Object.keys(contract.changes?.(subject) ?? {}) as ChangeKind[],
    })),
    quotas: recorder.quotas,
    sharedList: recorder.sharedList ?? null,
    lists: recorder.lists,
    unattended: recorder.unattended,
    policies: ['foreign', ...(contract.policies ?? [])],
    callbackSetup: callbacks === undefined ? null : callbacks.setup ? 'command' : 'by-hand',
  };
}

/** With every default filled in, as a session has them. */
function subjectsOf({ contract, template }: Vendor): [string | null, VendorSubject][] {
  const filled = ({ target, options }: Partial<VendorSubject>): VendorSubject => ({
    target: contract.target.parse(target ?? {}),
    options: contract.options.parse(options ?? {}),
  });
  if (template === undefined) return [[null, { target: {}, options: {} }]];
  if (template.modes === undefined)
    return [[null, filled(parse(template.specification) as Partial<VendorSubject>)]];
  return Object.entries(template.modes).map(([mode, subject]) => [mode, filled(subject)]);
}

/** Rows of the table for people: what is asked, then the answer of each vendor. */
export function vendorRows(sheets: VendorSheet[]): string[][] {
  return [
    ['', ...sheets.map(({ title }) => title)],
    ...MODAL.map(([what, say]) => [what, ...sheets.map((sheet) => byMode(sheet, say))]),
    ...WHOLE.map(([what, say]) => [what, ...sheets.map(say)]),
  ];
}

const MODAL: [string, (mode: VendorMode) => string][] = [
  ['starts', ({ traits }) => (traits.start === 'armed' ? 'before the source' : 'with the source')],
  ['proof of start', ({ traits }) => traits.proof],
  ['survives a drop', ({ traits }) => survives(traits)],
  ['sees drops', ({ traits }) => (traits.seesDrops ? 'by looks' : 'by callbacks')],
  ['native pause', ({ traits }) => yesOrNo(traits.nativePause)],
  ['changes while it records', ({ changes }) => changes.join(', ') || 'none'],
  ['storage credentials', ({ traits }) => every(traits.refreshEveryMs)],
  ['names files', ({ traits }) => (traits.files === 'none' ? 'no' : `by ${traits.files}`)],
  ['callbacks about', ({ traits }) => told(traits.callbacks)],
  ['a lost reply', ({ traits }) => LOST_REPLY[traits.unansweredStart]],
  [
    'stop to next start',
    ({ traits }) => (traits.restartGapMs === 0 ? 'at once' : lasting(traits.restartGapMs)),
  ],
  ['prepares an account', ({ traits }) => preparing(traits)],
  ['lead before a window', ({ traits }) => (traits.leadMs === 0 ? 'none' : lasting(traits.leadMs))],
  ['longest take', ({ traits }) => (traits.maxTakeMs === null ? 'no limit' : lasting(traits.maxTakeMs))],
  ['"not found" is believed', ({ traits }) => believed(traits.absence.proofMs)],
];

const WHOLE: [string, (sheet: VendorSheet) => string][] = [
  ['one reading serves many', ({ sharedList }) => sharedList ?? 'no'],
  ['lists what records', ({ lists }) => LISTS[lists]],
  ['ends it if nobody stops it', ({ unattended }) => unattended],
  ['policies', ({ policies }) => policies.join(', ')],
  ['callbacks are set up', ({ callbackSetup }) => SET_UP[callbackSetup ?? 'none']],
];

const LOST_REPLY: Record<Traits['unansweredStart'], string> = {
  repeat: 'start again',
  'repeat-reserved': 'start again, as reserved',
  'await-callback': 'wait for a callback',
};

const LISTS = { account: 'all of an account', target: 'of a known target', none: 'no' };

const SET_UP = { command: 'keeprolling callbacks', 'by-hand': 'by hand', none: 'no callbacks' };

/** Said once where it is the same in all modes; else what most of them have, then the others by name. */
function byMode({ modes }: VendorSheet, say: (mode: VendorMode) => string): string {
  const answers = new Map<string, string[]>();
  for (const one of modes) {
    const answer = say(one);
    answers.set(answer, [...(answers.get(answer) ?? []), one.mode ?? '']);
  }
  const [usual, ...others] = [...answers].toSorted(([, a], [, b]) => b.length - a.length);
  const named = ([answer, names]: [string, string[]]): string => `${names.join(', ')}: ${answer}`;
  const isUsual = usual![1].length > (others[0]?.[1].length ?? 0);
  return [isUsual ? usual![0] : named(usual!), ...others.map(named)].join('; ');
}

function survives({ survivesDrop, asserts }: Traits): string {
  if (asserts) return 'asked after each';
  return yesOrNo(survivesDrop);
}

function preparing({ prepares, makes }: Traits): string {
  if (!prepares) return 'no';
  return makes ? 'makes what is missing' : 'checks it';
}

function told(callbacks: Traits['callbacks']): string {
  if (callbacks === null) return 'none';
  return Object.entries(callbacks)
    .filter(([, is]) => is)
    .map(([name]) => name)
    .join(', ');
}

function every(ms: number | null): string {
  return ms === null ? 'none taken' : `renewed every ${lasting(ms)}`;
}

function believed(ms: number): string {
  return ms === 0 ? 'at once' : `after ${lasting(ms)}`;
}

/** Requests that a vendor takes of one account: those of one rate together. */
export function quotaRows(sheets: VendorSheet[]): string[][] {
  return sheets.map(({ title, quotas }) => {
    const rates = new Map<string, string[]>();
    for (const { calls, limit, perMs } of quotas) {
      const rate = `${limit} ${PER[perMs] ?? `in ${lasting(perMs)}`}`;
      rates.set(rate, [...(rates.get(rate) ?? []), calls]);
    }
    const each = [...rates].map(([rate, calls]) => `${rate}: ${calls.join(', ')}`);
    return [title, each.join('; ') || 'none is documented'];
  });
}

const PER: Record<number, string> = { 1_000: 'a second', 60_000: 'a minute', 3_600_000: 'an hour' };

function yesOrNo(is: boolean): string {
  return is ? 'yes' : 'no';
}
