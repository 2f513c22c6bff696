/** Can this account do what a session needs? Lines for `keeprolling doctor`. */
import { access, constants, stat } from 'node:fs/promises';
import { VendorFailure } from '../recorder.ts';
import type { Check } from '../recorder.ts';
import { OmeRefusal } from './api.ts';
import type { OmeApi } from './api.ts';
import { apiOf, appOf, QUESTION } from './handle.ts';
import type { OmeContext, OmeSubject } from './handle.ts';
import { parseRecordId } from './names.ts';
import { missingVariants, outputNames } from './output.ts';
import type { OmeStream } from './wire.ts';

export async function check(context: OmeContext, subject?: OmeSubject): Promise<Check[]> {
  const api = apiOf(context);
  const server = await checkServer(context, api);
  const checks = [...server, ...(await checkFolder(context.account.recordsDir))];
  if (!subject || server.some(({ ok }) => !ok)) return checks;
  const app = await checkApp(context, api, subject);
  return app.ok ? [...checks, app, ...(await checkStream(context, api, subject))] : [...checks, app];
}

async function checkServer(context: OmeContext, api: OmeApi): Promise<Check[]> {
  const { host } = new URL(context.account.url);
  const answers = { what: 'OvenMediaEngine answers', ok: true };
  const token = { what: 'access token is accepted', ok: true, detail: 'the API answers to it' };
  try {
    const { version } = await api.version(quick(context));
    return [{ ...answers, detail: `${host}, version ${version}` }, token];
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    const { failure } = error;
    // The token is judged before the path, so a 404 comes only to a caller who is known.
    if (error instanceof OmeRefusal && error.status === 404) {
      return [{ ...answers, detail: `${host}, a version before 0.16.6, which does not tell itself` }, token];
    }
    if (failure.code === 'E_VENDOR_AUTH') {
      const remedy = 'Make accessToken of the account equal to <Managers><API><AccessToken> of Server.xml.';
      return [
        { ...answers, detail: host },
        { ...token, ok: false, detail: failure.message, remedy },
      ];
    }
    const remedy =
      'Start OvenMediaEngine, open <Bind><Managers><API> in Server.xml, and check url of the account.';
    return [{ ...answers, ok: false, detail: failure.message, remedy }];
  }
}

async function checkApp(context: OmeContext, api: OmeApi, subject: OmeSubject): Promise<Check> {
  const app = appOf(subject.target);
  const what = `application ${app.vhost}/${app.app} can record`;
  const output = subject.target.output ?? subject.target.stream;
  try {
    const records = await api.records(app, undefined, quick(context));
    const others = records.filter(
      ({ id, stream }) => stream?.name === output && parseRecordId(id ?? '') === null,
    );
    const detail =
      others.length === 0
        ? `it has a <FILE> publisher; ${records.length} records now`
        : `${others.length} records on ${output} are not ours; OvenMediaEngine confuses records on one stream after a reconnect if their ids do not sort by creation`;
    return { what, ok: true, detail };
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    const remedy =
      'Check target.vhost and target.app, and add <Publishers><FILE> to the application in Server.xml.';
    return { what, ok: false, detail: error.failure.message, remedy };
  }
}

async function checkStream(context: OmeContext, api: OmeApi, subject: OmeSubject): Promise<Check[]> {
  const { target, options } = subject;
  const what = `stream ${target.stream}`;
  let stream: OmeStream | null;
  try {
    stream = await api.stream(appOf(target), target.stream, quick(context));
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    return [
      { what, ok: false, detail: error.failure.message, remedy: 'Look at the log of OvenMediaEngine.' },
    ];
  }
  if (!stream) {
    const assumed = target.output ? '' : `; the output will be taken to be called ${target.stream}`;
    return [{ what, ok: true, detail: `not there now, will be armed${assumed}` }];
  }
  const names = outputNames(stream);
  const wanted = target.output ?? (names.length === 1 ? names[0] : undefined);
  const line: Check = { what, ok: true, detail: `up, outputs: ${names.join(', ') || 'none yet'}` };
  if (names.length > 0 && (wanted === undefined || !names.includes(wanted))) {
    return [{ ...line, ok: false, remedy: `Set target.output to one of: ${names.join(', ')}.` }];
  }
  const missing = missingVariants(stream, wanted ?? target.stream, options);
  if (missing.length === 0) return [line];
  const remedy = `Take ${missing.join(', ')} out of options.variantNames, or add it to the output profile.`;
  return [line, { what: 'variants exist', ok: false, detail: `${missing.join(', ')} missing`, remedy }];
}

async function checkFolder(recordsDir: string | undefined): Promise<Check[]> {
  if (recordsDir === undefined) {
    return [
      { what: 'files', ok: true, detail: 'no recordsDir: files are known by name, and never seen as stored' },
    ];
  }
  const what = `folder ${recordsDir} is readable here`;
  const remedy = 'Mount the <RootPath> of Server.xml there on every worker of this account.';
  try {
    if (!(await stat(recordsDir)).isDirectory())
      return [{ what, ok: false, detail: 'it is no folder', remedy }];
    await access(recordsDir, constants.R_OK | constants.X_OK);
    return [{ what, ok: true, detail: 'files can be seen as stored' }];
  } catch (error) {
    const { code } = error as { code?: unknown };
    return [{ what, ok: false, detail: typeof code === 'string' ? code : 'it cannot be read', remedy }];
  }
}

function quick(context: OmeContext) {
  return { ...QUESTION, ...(context.signal && { signal: context.signal }) };
}
