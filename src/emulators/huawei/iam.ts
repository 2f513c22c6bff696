/** The part of IAM that gives out credentials: tokens, temporary keys and the id of the project. */
import type { EmulatorRequest } from '../emulator.ts';
import type { Outcome } from '../faulty.ts';
import { checkToken, countCall, identify } from './access.ts';
import { fieldsAt, integerAt, neededFields, neededText, readBody, textAt, type Fields } from './fields.ts';
import { illegal, Refusal, reply } from './reply.ts';
import type { Route } from './routes.ts';
import { nextSerial, type HuaweiState } from './state.ts';

const DAY_MS = 86_400_000;
const KEYS_S = { least: 900, most: 86_400 } as const;
/** Of temporary keys when nothing is said: no page read tells. */
const USUAL_KEYS_S = 900;
const DOMAIN_ID = 'd0000000000000000000000000000001';

/** POST /v3/auth/tokens with a user's password, for the project; the token is in a header and lives for 24 h. */
export function createToken(state: HuaweiState, body: string): Outcome {
  countCall(state, { limit: 'other' });
  const auth = neededFields(readBody(body), 'auth');
  const password = neededFields(neededFields(auth, 'identity'), 'password');
  checkUser(state, neededFields(password, 'user'));
  checkScope(state, auth);
  const token = state.config.names.hex(256, 'token', nextSerial(state));
  const endsAt = state.at + DAY_MS;
  state.tokens.set(token, endsAt);
  const { region: name, projectId: id } = state.config;
  const shown = {
    expires_at: micro(endsAt),
    issued_at: micro(state.at),
    methods: ['password'],
    project: { id, name },
  };
  return { response: reply(201, { token: shown }, { 'X-Subject-Token': token }) };
}

function checkUser(state: HuaweiState, user: Fields): void {
  const { name, password, domain } = state.config.user;
  const given = [
    textAt(user, 'name'),
    textAt(user, 'password'),
    textAt(neededFields(user, 'domain'), 'name'),
  ];
  if (given.join('\n') !== [name, password, domain].join('\n')) refuseLogin();
}

function checkScope(state: HuaweiState, auth: Fields): void {
  const scope = neededFields(auth, 'scope');
  const { id, name } = neededFields(scope, 'project');
  if (id !== state.config.projectId && name !== state.config.region) refuseLogin();
}

function refuseLogin(): never {
  const error = { code: 401, message: 'The username or password is wrong.', title: 'Unauthorized' };
  throw new Refusal(reply(401, { error }));
}

/** POST /v3.0/OS-CREDENTIAL/securitytokens by a token, or by whoever has keys. */
export function createKeys(state: HuaweiState, request: EmulatorRequest): Outcome {
  countCall(state, { limit: 'other' });
  const identity = neededFields(neededFields(readBody(request.body), 'auth'), 'identity');
  const { methods } = identity;
  if (!Array.isArray(methods) || methods.length !== 1 || methods[0] !== 'token')
    illegal('auth.identity.methods');
  const token = fieldsAt(identity, 'token') ?? {};
  if (token['id'] === undefined) identify(state, request);
  else checkToken(state, neededText(token, 'id', 4096));
  const seconds = integerAt(token, 'duration_seconds') ?? USUAL_KEYS_S;
  if (seconds < KEYS_S.least || seconds > KEYS_S.most) illegal('auth.identity.token.duration_seconds');
  const serial = nextSerial(state);
  const { names } = state.config;
  const access = `HST${names.hex(17, 'temporary access key', serial).toUpperCase()}`;
  const secret = names.hex(40, 'temporary secret key', serial);
  const securitytoken = names.hex(256, 'security token', serial);
  const endsAt = state.at + seconds * 1000;
  state.temporaryKeys.set(access, { secretKey: secret, token: securitytoken, endsAt });
  const credential = { access, secret, securitytoken, expires_at: micro(endsAt) };
  return { response: reply(201, { credential }), detail: `keys ${access}` };
}

/** GET /v3/projects?name=…: what a client asks that knows its region alone. */
export function listProjects(state: HuaweiState, { query }: Route, request: EmulatorRequest): Outcome {
  identify(state, request);
  countCall(state, { limit: 'other' });
  const { projectId: id, region: name } = state.config;
  const all = [{ id, name, domain_id: DOMAIN_ID, parent_id: DOMAIN_ID, enabled: true, is_domain: false }];
  const projects = all.filter((one) => (query.get('name') ?? one.name) === one.name);
  return { response: reply(200, { projects, links: { self: '/v3/projects', next: null, previous: null } }) };
}

/** IAM writes microseconds. */
function micro(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z');
}
