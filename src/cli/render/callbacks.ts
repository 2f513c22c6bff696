import type { CallbackSetting } from '../../recorders/callbacks.ts';
import type { Act, CalledAccount } from '../callbacks.ts';

const MARKS: Record<CallbackSetting['state'], string> = {
  'as-wanted': '✓',
  missing: '✗',
  differs: '✗',
  'of-others': '✗',
};
const WORDS: Record<CallbackSetting['state'], string> = {
  'as-wanted': 'calls our gateway',
  missing: 'is not there',
  differs: 'is there and differs',
  'of-others': 'calls somebody else',
};

/** `settings` is null where the vendor has no way but its console or its files. */
export function callbacksText(act: Act, account: CalledAccount, settings: CallbackSetting[] | null): string {
  const { place, byHand, name } = account;
  const head = `callbacks to ${place} (the last part is callbacks.path of the account, which is a secret)`;
  if (settings === null)
    return [head, 'by hand, since this vendor has no call for it:', ...numbered(byHand)].join('\n');
  if (settings.length === 0) return `${head}\n  nothing is there`;
  const lines = settings.flatMap(({ what, state, differences }) => [
    lineOf(act, what, state),
    ...differences.map((text) => `      ${text}`),
  ]);
  return [head, ...lines, ...advice(act, settings, name)].join('\n');
}

function lineOf(act: Act, what: string, state: CallbackSetting['state']): string {
  if (act !== 'remove') return `  ${MARKS[state]} ${what} ${WORDS[state]}`;
  if (state === 'missing') return `  ✓ ${what} is removed`;
  return state === 'as-wanted' ? `  ✗ ${what} is still there` : `    ${what} ${WORDS[state]}, and is left`;
}

function numbered(sentences: readonly string[]): string[] {
  return sentences.map((text, i) => `  ${i + 1}. ${text}`);
}

function advice(act: Act, settings: CallbackSetting[], account: string): string[] {
  const states = new Set(settings.map(({ state }) => state));
  if (act === 'check' && (states.has('missing') || states.has('differs')))
    return [`  → keeprolling callbacks install ${account} makes it so`];
  if (act !== 'remove' && states.has('of-others'))
    return [
      `  → what others configured was left; keeprolling callbacks install ${account} --replace puts ours there`,
    ];
  return [];
}
