/** An emulated Agora whose files go to an emulated AWS, both in this process, and the configuration that reaches them. */
import { settingsOf, type Settings } from '../../src/config/settings.ts';
import {
  besideCloud,
  createAgoraEmulator,
  createCloudEmulator,
  emulatorDispatcher,
  type AgoraEmulatorOptions,
  type Clock,
  type Emulator,
  type EmulatorAnswer,
  type EmulatorRequest,
  type TruthEntry,
} from '../../src/emulators/index.ts';
import { VENDORS, type Registry } from '../../src/recorders/registry.ts';

/**
 * Everything that is secret, or that belongs to a secret. No two share a piece: a refusal that repeats one secret of a
 * call is not quoted, and would hide the others.
 */
export const SECRETS = {
  customerId: 'customer01',
  customerSecret: 'Vn3kQ8dXw1LbT6rZ',
  appCertificate: 'ca9a47ce27f1e05b86d3427c1b9f60ae',
  accessKey: 'AKIAR5TCHM7WQEPLV2ZD',
  secretKey: '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',
  channelKey: 'kuP4-Ehd9-zoWm-2Ftb',
  channelSalt: Buffer.from('3tIxqy.Njw5!vKslaB0(ozrPme_Lh6Dc').toString('base64'),
  pageUrl: 'https://shop.example.com/live?key=J8fGp0SdoYbqMx5n',
  pushUrl: 'rtmps://push.example.com/live/cT1rU9hZs6WkDvlE',
  otherPushUrl: 'rtmps://push.example.com/live/iX7aOe2ByQmKtN4w',
} as const;

const APP_ID = '0123456789abcdef0123456789abcdef';
const ROLE = 'arn:aws:iam::123456789012:role/recorder';
export const BUCKET = 'recordings';

export const ACCOUNT = {
  vendor: 'agora',
  url: 'http://127.0.0.1:8082',
  appId: APP_ID,
  appCertificate: SECRETS.appCertificate,
  customerId: SECRETS.customerId,
  customerSecret: SECRETS.customerSecret,
};

/** Answers in the emulator's place, or leaves it to the emulator. */
export type Stand = (request: EmulatorRequest, now: number) => EmulatorAnswer | undefined;
type Request = Extract<TruthEntry, { type: 'request' }>;

export interface Places {
  agora: Emulator;
  cloud: Emulator;
  dispatcher: ReturnType<typeof besideCloud>;
  control(name: string, input?: Record<string, unknown>): void;
  cloudControl(name: string, input?: Record<string, unknown>): unknown;
  /** What reached Agora, or the cloud, under this name. */
  requests(op: string): Request[];
  /** The destination `s3-archive`, the named secrets, and all that `of` has. */
  configured(
    of: Settings,
    more?: { looks?: Record<string, string>; refresh?: string; callbacks?: { path: string; keys: string } },
  ): void;
}

export interface PlacesOptions {
  clock: Clock;
  agora?: Partial<AgoraEmulatorOptions>;
  standIn?: { agora?: Stand; cloud?: Stand };
}

export function agoraPlaces({ clock, agora: more, standIn = {} }: PlacesOptions): Places {
  const cloud = createCloudEmulator({
    clock,
    keys: [{ accessKey: SECRETS.accessKey, secretKey: SECRETS.secretKey }],
    roles: [{ arn: ROLE, maxSessionMs: 12 * 3_600_000 }],
    buckets: [{ name: BUCKET, region: 'eu-central-1' }],
  });
  const agora = createAgoraEmulator({
    clock,
    customerId: SECRETS.customerId,
    customerSecret: SECRETS.customerSecret,
    apps: [{ appId: APP_ID, certificate: SECRETS.appCertificate }],
    store: cloud,
    seed: 1,
    ...more,
  });
  const behind = (emulator: Emulator, stand: Stand | undefined): Emulator => ({
    ...emulator,
    handle: (request, now) => stand?.(request, now) ?? emulator.handle(request, now),
  });
  const use = (emulator: Emulator, name: string, input: Record<string, unknown>): unknown => {
    const control = emulator.controls[name];
    if (!control) throw new Error(`The emulator of ${emulator.vendor} has no control ${name}.`);
    return control(input, clock());
  };
  return {
    agora,
    cloud,
    dispatcher: besideCloud(
      emulatorDispatcher(behind(cloud, standIn.cloud)),
      emulatorDispatcher(behind(agora, standIn.agora)),
    ),
    control: (name, input = {}) => void use(agora, name, input),
    cloudControl: (name, input = {}) => use(cloud, name, input),
    requests: (op) =>
      [...agora.truth.entries, ...cloud.truth.entries].filter(
        (entry): entry is Request => entry.type === 'request' && entry.op === op,
      ),
    configured(of, { looks = {}, refresh = '60m', callbacks } = {}) {
      const archive = of.archive();
      const whole = settingsOf(
        {
          installation: 'test01',
          temporal: of.temporal(),
          accounts: { account: { ...ACCOUNT, looks, ...(callbacks && { callbacks }) } },
          ...(archive && { archive }),
          queues: { prefix: of.queuePrefix() },
          destinations: {
            's3-archive': {
              cloud: 'aws',
              bucket: BUCKET,
              region: 'eu-central-1',
              prefix: 'news',
              credentials: {
                provider: 'aws',
                role: ROLE,
                accessKey: SECRETS.accessKey,
                secretKey: SECRETS.secretKey,
              },
              refresh,
            },
          },
          secrets: {
            'channel-key': SECRETS.channelKey,
            'channel-salt': SECRETS.channelSalt,
            'page-url': SECRETS.pageUrl,
            'push-url': SECRETS.pushUrl,
            'other-push-url': SECRETS.otherPushUrl,
          },
        },
        null,
        of.folder,
        VENDORS,
        {},
      );
      // The worlds of these tests know accounts alone; whoever has their settings gets the rest as well.
      Object.assign(of, whole);
    },
  };
}

/** Real time is short: that files may come 10 minutes after the end is tried on a virtual clock. */
export const SETTLED: Registry = new Map(
  [...VENDORS].map(([name, { recorder, ...vendor }]) => [
    name,
    {
      ...vendor,
      recorder: { ...recorder, traits: (subject) => ({ ...recorder.traits(subject), filesSettleMs: 0 }) },
    },
  ]),
);

export const MIX = { channel: 'newsroom', mode: 'mix' };
export const WEB = { channel: 'shop-front', mode: 'web' };
export const INDIVIDUAL = { channel: 'lecture-hall', mode: 'individual' };

export const keyOf = ({ channel, mode }: { channel: string; mode: string }): string =>
  `agora/account/${channel}/${mode}`;

export function specificationOf(
  target: { channel: string; mode: string },
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    name: target.channel,
    account: 'account',
    target,
    window: { from: 'now', length: '1h' },
    storage: 's3-archive',
    ...more,
  };
}
