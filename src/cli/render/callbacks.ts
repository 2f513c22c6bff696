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
  const { place, byHand, domains } = account;
  const head = `callbacks to ${place} (the last part is callbacks.path of the account, which is a secret)`;
  if (settings === null)
    return [head, 'by hand, since this vendor has no call for it:', ...numbered(byHand)].join('\n');
  if (settings.length === 0) {
    const none =
      domains.length === 0
        ? '  nothing is set for no domain: name one, --domain play.example.com'
        : '  nothing is there';
    return `${head}\n${none}`;
  }
  const lines = settings.flatMap(({ what, state, differences }) => [
    `  ${act === 'remove' ? ' ' : MARKS[state]} ${what} ${WORDS[state]}`,
    ...differences.map((text) => `      ${text}`),
  ]);
  return [head, ...lines, ...advice(act, settings)].join('\n');
}

function numbered(sentences: readonly string[]): string[] {
  return sentences.map((text, i) => `  ${i + 1}. ${text}`);
}

function advice(act: Act, settings: CallbackSetting[]): string[] {
  const states = new Set(settings.map(({ state }) => state));
  if (act === 'check' && (states.has('missing') || states.has('differs')))
    return ['  → keeprolling callbacks install ACCOUNT makes it so'];
  if (act !== 'remove' && states.has('of-others'))
    return [
      '  → what others configured was left; keeprolling callbacks install ACCOUNT --replace puts ours there',
    ];
  return [];
}
