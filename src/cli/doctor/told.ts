/** Who tells us and whom we tell: can their secrets be read? */
import type { Settings } from '../../config/settings.ts';
import type { Check } from '../../recorders/recorder.ts';
import type { Registry } from '../../recorders/registry.ts';
import { failed, good } from './checks.ts';

export function toldChecks(settings: Settings, registry: Registry): Check[] {
  return [
    ...settings.accountNames().flatMap((name) => callbacksOf(settings, registry, name)),
    ...settings.receiverNames().map((name) => receiverOf(settings, name)),
    ...heartbeatOf(settings),
  ];
}

function callbacksOf(settings: Settings, registry: Registry, name: string): Check[] {
  const what = `account ${name}: callbacks`;
  const offered = registry.get(settings.contractOf(name)?.vendor ?? '')?.callbacks !== undefined;
  if (!settings.hasCallbacks(name))
    return offered ? [good(what, 'none: sessions look, and are told nothing')] : [];
  try {
    const { path, keys } = settings.calledAccount(name).fields.callbacks as {
      path: string[];
      keys?: string[];
    };
    const signed = keys === undefined ? 'not signed' : `signed with ${several(keys.length, 'key')}`;
    return [good(what, `taken by a gateway at ${several(path.length, 'address', 'addresses')}, ${signed}`)];
  } catch (error) {
    return [failed(what, error)];
  }
}

function receiverOf(settings: Settings, name: string): Check {
  const what = `receiver ${name}`;
  try {
    const { url, keys, events } = settings.receiver(name);
    const kinds = events === undefined ? 'of everything' : `of ${events.join(', ')}`;
    const tried = `to try it: keeprolling notify test ${name}`;
    return good(what, `${new URL(url).host} is told ${kinds}, ${several(keys.length, 'key')}; ${tried}`);
  } catch (error) {
    return failed(what, error);
  }
}

function heartbeatOf(settings: Settings): Check[] {
  const what = 'heartbeat';
  try {
    const heartbeat = settings.heartbeat();
    if (heartbeat === null) return [];
    return [good(what, `${new URL(heartbeat.url).host} is called every ${heartbeat.everyMs / 1000} s`)];
  } catch (error) {
    return [failed(what, error)];
  }
}

function several(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}
