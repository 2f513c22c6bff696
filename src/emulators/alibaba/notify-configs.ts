/** Where callbacks go: one configuration a playback domain for recordings, one an ingest domain for pushes. */
import { boolean, choice, playDomain, pushDomain, required, type Parameters } from './parameters.ts';
import { refuse } from './reply.ts';
import type { AlibabaState, PushNotify, RecordNotify } from './state.ts';

type Body = Record<string, unknown>;

export function addRecordNotify(state: AlibabaState, parameters: Parameters): Body {
  const { play } = playDomain(state, parameters);
  if (state.recordNotify.has(play)) refuse(400, 'ConfigAlreadyExists', 'Config has already exist.');
  state.recordNotify.set(play, recordNotifyOf(state, parameters, play));
  return {};
}

export function updateRecordNotify(state: AlibabaState, parameters: Parameters): Body {
  const { play } = playDomain(state, parameters);
  if (!state.recordNotify.has(play)) noConfig();
  state.recordNotify.set(play, recordNotifyOf(state, parameters, play));
  return {};
}

export function deleteRecordNotify(state: AlibabaState, parameters: Parameters): Body {
  const { play } = playDomain(state, parameters);
  if (!state.recordNotify.delete(play)) noConfig();
  return {};
}

export function describeRecordNotify(state: AlibabaState, parameters: Parameters): Body {
  const { play } = playDomain(state, parameters);
  const config = state.recordNotify.get(play) ?? noConfig();
  return {
    LiveRecordNotifyConfig: {
      DomainName: play,
      NotifyUrl: config.url,
      OnDemandUrl: config.onDemandUrl,
      NeedStatusNotify: config.status,
      NotifyReqAuth: config.auth,
      NotifyAuthKey: config.key,
    },
  };
}

function recordNotifyOf(state: AlibabaState, parameters: Parameters, domain: string): RecordNotify {
  const auth = boolean(parameters, 'NotifyReqAuth', false);
  return {
    domain,
    url: addressOf(required(state, parameters, 'NotifyUrl'), 'NotifyUrl'),
    onDemandUrl: addressOf(parameters.get('OnDemandUrl') ?? '', 'OnDemandUrl'),
    status: boolean(parameters, 'NeedStatusNotify', false),
    auth,
    key: keyOf(parameters, auth, 32),
  };
}

/** Adds or replaces. */
export function setPushNotify(state: AlibabaState, parameters: Parameters): Body {
  const { push } = pushDomain(state, parameters);
  const auth = choice(parameters, 'NotifyReqAuth', ['no', 'yes']) === 'yes';
  const config: PushNotify = {
    domain: push,
    url: addressOf(required(state, parameters, 'NotifyUrl'), 'NotifyUrl'),
    exceptionUrl: addressOf(parameters.get('ExceptionNotifyUrl') ?? '', 'ExceptionNotifyUrl'),
    switchUrl: addressOf(parameters.get('SwitchNotifyUrl') ?? '', 'SwitchNotifyUrl'),
    auth,
    key: keyOf(parameters, auth, 64),
  };
  state.pushNotify.set(push, config);
  return {};
}

export function deletePushNotify(state: AlibabaState, parameters: Parameters): Body {
  const { push } = pushDomain(state, parameters);
  if (!state.pushNotify.delete(push)) noConfig();
  return {};
}

export function describePushNotify(state: AlibabaState, parameters: Parameters): Body {
  const { push } = pushDomain(state, parameters);
  const config = state.pushNotify.get(push) ?? noConfig();
  return {
    LiveStreamsNotifyConfig: {
      DomainName: push,
      NotifyUrl: config.url,
      ExceptionNotifyUrl: config.exceptionUrl,
      SwitchNotifyUrl: config.switchUrl,
      NotifyReqAuth: config.auth ? 'yes' : 'no',
      NotifyAuthKey: config.key,
    },
  };
}

function noConfig(): never {
  refuse(404, 'InvalidConfig.NotFound', 'Config does not exist.');
}

function addressOf(url: string, name: string): string {
  if (url !== '' && !/^https?:\/\//.test(url))
    refuse(400, `Invalid${name}.Malformed`, `Specified parameter ${name} is not valid.`);
  return url;
}

/** 16 to 32 letters and digits for recordings, to 64 for pushes; needed where callbacks are to be signed. */
function keyOf(parameters: Parameters, auth: boolean, longest: number): string {
  const key = parameters.get('NotifyAuthKey') ?? '';
  const fits = /^[A-Za-z0-9]{16,}$/.test(key) && key.length <= longest;
  if ((auth || key !== '') && !fits)
    refuse(400, 'InvalidNotifyAuthKey.Malformed', 'Specified parameter NotifyAuthKey is not valid.');
  return key;
}
