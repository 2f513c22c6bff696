/** What a session promises: computed from its policy and from how the vendor behaves, before anything is called. */
import type { AbsencePolicy, LookPace, NormalSpecification } from './plan.ts';
import type { Traits } from './traits.ts';

export interface SessionPromise {
  sentences: { about: PromiseSubject; text: string }[];
  /** The most that is lost, each on its own, while vendor and worker answer; null where nothing bounds it. */
  lossBoundMs: {
    /** From the beginning of the window. */
    begin: number;
    /** From the source's return after a drop. */
    sourceBack: number;
    /** From the moment at which the recorder loses a recording that runs. */
    recorderLost: number | null;
  };
}

export type PromiseSubject =
  | 'account'
  | 'begin'
  | 'proof'
  | 'source'
  | 'recorder'
  | 'lost reply'
  | 'pause'
  | 'files'
  | 'storage'
  | 'end'
  | 'bound';

/** What a promise is made of besides the specification. */
interface World {
  traits: Traits;
  looks: LookPace;
  /** The vendor calls us back for this account. */
  callbacks: boolean;
}

/** One call or look in ordinary times. Slower ones are the vendor's trouble and are told as such. */
const CALL_MS = 2_000;
/** The server's timers may be late by so much. */
const TIMER_MS = 1_000;
/** A look comes at the latest after its pace and a tenth. */
const JITTER = 1.1;
/** The longest wait between two attempts to start while the source is missing: see `retry.ts`. */
const LONGEST_RETRY_MS = 60_000;
/** From the vendor's callback to the look that it asks for. */
const TOLD_MS = TIMER_MS + CALL_MS;

/**
 * Pure: no call is made, and nothing is assumed of a vendor but its traits. `callbacks`: the vendor calls us back; the
 * bounds hold all the same for the callback that gets lost.
 */
export function promiseOf(
  specification: NormalSpecification,
  traits: Traits,
  looks: LookPace,
  callbacks = false,
): SessionPromise {
  const world: World = { traits, looks, callbacks: callbacks && traits.callbacks !== null };
  const slowest = world.callbacks ? Math.max(looks.everyMs, looks.withCallbacksMs) : looks.everyMs;
  const lossBoundMs = {
    begin: TIMER_MS + CALL_MS,
    sourceBack: sourceBackMs(traits, slowest),
    recorderLost: recorderLostMs(traits, slowest),
  };
  const sentences: SessionPromise['sentences'] = [
    ...accountSentences(specification, traits),
    { about: 'begin', text: beginText(specification, traits, lossBoundMs.begin) },
    { about: 'proof', text: proofText(traits) },
    { about: 'source', text: sourceText(specification, world) },
    { about: 'recorder', text: recorderText(world, lossBoundMs.recorderLost) },
    { about: 'lost reply', text: lostReplyText(world) },
    { about: 'pause', text: pauseText(specification, traits) },
    { about: 'files', text: filesText(traits) },
    ...storageSentences(traits),
    { about: 'end', text: endText(specification, traits) },
    { about: 'bound', text: boundText(lossBoundMs) },
  ];
  return { sentences, lossBoundMs };
}

/**
 * Without callbacks a short drop costs until a look finds the take ended; a long one, where a start needs the source,
 * until the next attempt finds the source again.
 */
function sourceBackMs(traits: Traits, everyMs: number): number {
  if (traits.survivesDrop) return 0;
  const found = noticedMs(everyMs);
  // The vendor's answer to another start tells whether the take goes on, and begins the next one if it does not.
  if (traits.asserts) return found + CALL_MS;
  const waited = traits.start === 'armed' ? found : Math.max(found, LONGEST_RETRY_MS);
  return waited + traits.restartGapMs + CALL_MS;
}

function noticedMs(everyMs: number): number {
  return Math.ceil(everyMs * JITTER) + CALL_MS;
}

function recorderLostMs(traits: Traits, everyMs: number): number | null {
  // Where looks tell of the source alone none shows that a recording is lost.
  if (traits.proof === 'none' || traits.asserts) return null;
  // What "not found" does not prove at once is looked at again when it does: one more call.
  const proved = traits.absence.proofMs === 0 ? 0 : traits.absence.proofMs + TIMER_MS + CALL_MS;
  return noticedMs(everyMs) + proved + traits.restartGapMs + CALL_MS;
}

function beginText({ window }: NormalSpecification, traits: Traits, boundMs: number): string {
  const armed =
    traits.start === 'armed'
      ? 'the recorder is armed and records as soon as the source comes'
      : 'the recorder needs the source: until it comes, the start is tried again and again';
  const covered = window.beforeMs >= boundMs ? ', which the padding covers' : '';
  return `the start is sent ≤ ${seconds(boundMs)} after the beginning${covered}; ${armed}`;
}

function accountSentences({ policy }: NormalSpecification, traits: Traits): SessionPromise['sentences'] {
  if (!traits.prepares) return [];
  const ahead = traits.leadMs === 0 ? '' : `, ${seconds(traits.leadMs)} ahead`;
  const made = policy.made === 'remove' ? 'taken away at the end' : 'kept';
  const how =
    traits.makes && policy.account === 'ensure'
      ? `made where it is missing${ahead}, and ${made}`
      : `only checked${ahead}: nothing is written, and without it nothing is recorded`;
  const pushed =
    policy.repush === 'force'
      ? 'is cut off once, so that it reconnects'
      : 'must reconnect before anything is recorded';
  const encoder = traits.makes ? `; an encoder that was connected before it was there ${pushed}` : '';
  return [{ about: 'account', text: `what a take needs in the vendor's account is ${how}${encoder}` }];
}

function proofText(traits: Traits): string {
  const deadline = seconds(traits.proofDeadlineMs);
  switch (traits.proof) {
    case 'look':
      return `a start is proved by a look at the recorder, first ${seconds(traits.firstLookMs)} after it; not proved after ${deadline}, it counts as failed and is made anew`;
    case 'callback':
      return "a start is proved by the vendor's callback; without callbacks it stays inferred";
    case 'none':
      return 'nothing proves a start: it stays inferred until a file is named';
  }
}

function sourceText({ source }: NormalSpecification, world: World): string {
  const { traits } = world;
  const back = traits.survivesDrop
    ? `at once, by the recorder itself; ${knownText(world)}`
    : sourceBackSplit(world);
  return `source back → recording again: ${back}. late: ${absenceText(source.late)}; gone: ${absenceText(source.gone)}`;
}

function knownText({ traits, looks, callbacks }: World): string {
  const told = callbacks && traits.callbacks?.source === true;
  if (!traits.seesDrops) {
    return told
      ? 'callbacks alone tell of a drop, at once; one of which they do not tell counts as recorded'
      : 'no look shows a drop, which counts as recorded unless a callback tells of it';
  }
  const seen = noticedMs(looks.doubtMs);
  return `the session knows it ${told ? split(TOLD_MS, seen) : `≤ ${seconds(seen)}`} later`;
}

function sourceBackSplit({ traits, looks, callbacks }: World): string {
  const without = sourceBackMs(traits, looks.everyMs);
  if (!callbacks || !traits.callbacks?.source) return `≤ ${seconds(without)}`;
  const lost = sourceBackMs(traits, Math.max(looks.everyMs, looks.withCallbacksMs));
  return `${split(traits.restartGapMs + TOLD_MS + CALL_MS, without)}${lostText(lost, without)}`;
}

function split(withCallbacks: number, without: number): string {
  return `≤ ${seconds(withCallbacks)} with callbacks, ≤ ${seconds(without)} without`;
}

/** While others come looks are seldom, and one that gets lost costs more than none at all would. */
function lostText(lost: number, without: number): string {
  return lost > without ? `, ≤ ${seconds(lost)} where one is lost among others that come` : '';
}

function absenceText(policy: AbsencePolicy): string {
  if (policy.kind === 'wait') return 'waits until the window ends';
  return `${policy.kind === 'end' ? 'ends' : 'fails'} after ${seconds(policy.afterMs)}`;
}

function recorderText(world: World, boundMs: number | null): string {
  const { traits } = world;
  if (boundMs === null)
    return 'no look shows whether it still records: a recorder that is gone is not noticed';
  const proof =
    traits.absence.proofMs === 0
      ? ''
      : `, believed after ${seconds(traits.absence.proofMs)} (it may be failing over)`;
  return `recorder gone → noticed ${noticedText(world)}${proof}, recording again ≤ ${seconds(boundMs)} after the loss, in a new take`;
}

function noticedText({ traits, looks, callbacks }: World): string {
  const without = noticedMs(looks.everyMs);
  if (!callbacks) return `≤ ${seconds(without)}`;
  const seldom = noticedMs(Math.max(looks.everyMs, looks.withCallbacksMs));
  if (traits.callbacks?.recorder) return `${split(TOLD_MS, without)}${lostText(seldom, without)}`;
  return `≤ ${seconds(seldom)} while callbacks come, which tell of the source alone, ≤ ${seconds(without)} without`;
}

function lostReplyText({ traits, callbacks }: World): string {
  if (traits.unansweredStart === 'repeat')
    return 'a start whose reply is lost is sent again: the recorder knows what it records already, so it makes no second recording';
  const bound =
    traits.orphanBoundMs === null
      ? "only the vendor's own limits end it"
      : `it ends by itself ≤ ${seconds(traits.orphanBoundMs)} after its start`;
  if (traits.unansweredStart === 'repeat-reserved') {
    const waited =
      traits.unansweredMs === 0 || !callbacks
        ? ''
        : `waits ${seconds(traits.unansweredMs)} for its callback and `;
    return `a start whose reply is lost is sent again under its reservation, which makes no second recording; one that cannot be named even so ${waited}is written off with its bound, and the next take begins: ${bound}`;
  }
  return `a start whose reply is lost waits ${seconds(traits.unansweredMs)} for its callback, then it is written off: ${bound}`;
}

function pauseText({ pause }: NormalSpecification, traits: Traits): string {
  const how = traits.nativePause
    ? 'native, inside the take'
    : `the vendor has none → it ends the take, resume ${traits.restartGapMs === 0 ? 'at any time' : `≥ ${seconds(traits.restartGapMs)} later`}`;
  const end =
    pause.maxMs === null
      ? `one without an end warns after ${seconds(pause.warnAfterMs)}`
      : `it ends in resume after ${seconds(pause.maxMs)}`;
  return `${how}; ${end}`;
}

function filesText(traits: Traits): string {
  const by: Record<Traits['files'], string> = {
    look: 'looks at the recorder',
    list: "the vendor's list",
    callback: 'callback',
    none: 'nobody: the vendor names no files',
  };
  return `files are known by ${by[traits.files]}`;
}

function storageSentences(traits: Traits): SessionPromise['sentences'] {
  const sentences: SessionPromise['sentences'] = [];
  if (traits.refreshEveryMs !== null) {
    const text = `storage credentials are refreshed every ${seconds(traits.refreshEveryMs)}, and before two thirds of their life`;
    sentences.push({ about: 'storage', text });
  }
  if (traits.maxTakeMs !== null) {
    const text = `no take is longer than ${seconds(traits.maxTakeMs)}: the next one takes over before that`;
    sentences.push({ about: 'storage', text });
  }
  return sentences;
}

function endText({ window }: NormalSpecification, traits: Traits): string {
  const parts = ['the recording is stopped at the end of the window'];
  if (window.afterMs > 0) parts.push(`and ${seconds(window.afterMs)} of padding`);
  if (window.overrunMs > 0)
    parts.push(`and up to ${seconds(window.overrunMs)} of overrun while the source is up`);
  const giveUp = `a stop that fails is tried again for ${seconds(traits.stopGiveUpMs)}`;
  return `${parts.join(' ')}; ${giveUp}`;
}

function boundText({ begin, sourceBack, recorderLost }: SessionPromise['lossBoundMs']): string {
  const lost = recorderLost === null ? 'without bound' : `≤ ${seconds(recorderLost)}`;
  return `lost at most, while recorder and worker answer: begin ≤ ${seconds(begin)}, drop of the source ${sourceBack === 0 ? 'nothing beyond the drop' : `≤ ${seconds(sourceBack)} beyond it`}, loss of the recorder ${lost}`;
}

/** Seconds up to two minutes, since they are what is compared; longer ones in the largest units that say it whole. */
function seconds(ms: number): string {
  const whole = Math.ceil(ms / 1000);
  if (whole < 120) return `${whole} s`;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const parts = [hours && `${hours} h`, minutes && `${minutes} min`, rest && `${rest} s`];
  return parts.filter(Boolean).join(' ');
}
