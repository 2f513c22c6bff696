/** Rules between fields, for options as people write them and for requests as they are sent. */
import type { z } from 'zod';
import { LAYOUT, MAX_PIXELS } from './fields.ts';
import { always, given, START, valueOf } from './told.ts';

export interface Rule {
  /** The field that is told as wrong. */
  path: string;
  /** True where the rule is broken. It also sees what is no object at all. */
  breaks: (value: unknown) => boolean;
  error: string;
  rule: string;
  try: string;
}

export function withRules<S extends z.ZodType>(schema: S, rules: readonly Rule[]): S {
  return rules.reduce(
    (checked, { path, breaks, error, rule, try: instead }) =>
      checked.refine((value) => !breaks(value), {
        ...always,
        path: [path],
        error,
        params: { rule, try: instead },
      }),
    schema,
  );
}

export const page = (field: string): string => `${START}, ${field}`;

export function numberOf(value: unknown, field: string, otherwise: number): number {
  const number = valueOf(value, field);
  return typeof number === 'number' ? number : otherwise;
}

const streamTypesOf = (value: unknown): unknown => valueOf(value, 'streamTypes') ?? 2;

const both = (one: string, other: string): Rule => ({
  path: other,
  breaks: (value) => given(value, one) && given(value, other),
  error: `${one} and ${other} cannot be used together`,
  rule: page(one),
  try: 'one of them',
});

const unheard = (list: string, streamTypes: number, medium: string): Rule => ({
  path: list,
  breaks: (value) => given(value, list) && streamTypesOf(value) === streamTypes,
  error: `streamTypes ${streamTypes} takes no ${medium}, so no list of ${medium} streams is allowed`,
  rule: page(`${list} and streamTypes`),
  try: 'leave the list out, or streamTypes: 2',
});

export const SUBSCRIPTION_RULES: Rule[] = [
  both('subscribeAudioUids', 'unsubscribeAudioUids'),
  both('subscribeVideoUids', 'unsubscribeVideoUids'),
  unheard('subscribeAudioUids', 1, 'audio'),
  unheard('unsubscribeAudioUids', 1, 'audio'),
  unheard('subscribeVideoUids', 0, 'video'),
  unheard('unsubscribeVideoUids', 0, 'video'),
  {
    path: 'streamMode',
    breaks: (value) => valueOf(value, 'streamMode') === 'original' && streamTypesOf(value) !== 0,
    error: 'original works with streamTypes 0 (audio) only',
    rule: page('streamMode'),
    try: 'streamTypes: 0, or another streamMode',
  },
];

/** 0 is no encryption; 7 and 8 are the modes with a salt. */
const isEncrypted = (value: unknown): boolean => numberOf(value, 'decryptionMode', 0) !== 0;
const isSalted = (value: unknown): boolean => [7, 8].includes(numberOf(value, 'decryptionMode', 0));

export const ENCRYPTION_RULES: Rule[] = [
  {
    path: 'secret',
    breaks: (value) => isEncrypted(value) !== given(value, 'secret'),
    error: 'secret and a decryptionMode other than 0 belong together: neither works alone',
    rule: page('decryptionMode and secret'),
    try: 'both, or neither',
  },
  {
    path: 'salt',
    breaks: (value) => isSalted(value) !== given(value, 'salt'),
    error: 'salt is for decryptionMode 7 and 8, which need it',
    rule: page('decryptionMode and salt'),
    try: '32 bytes in base64 with 7 and 8, else leave it out',
  },
];

export const SNAPSHOT_RULES: Rule[] = [
  {
    path: 'snapshotConfig',
    breaks: (value) => given(value, 'snapshotConfig') && streamTypesOf(value) === 0,
    error: 'there are no screenshots of audio: streamTypes must be 1 or 2',
    rule: page('snapshotConfig'),
    try: 'streamTypes: 2',
  },
  {
    path: 'snapshotConfig',
    breaks: (value) =>
      given(value, 'snapshotConfig') &&
      given(value, 'subscribeAudioUids') &&
      !given(value, 'subscribeVideoUids'),
    error: 'with subscribeAudioUids it needs subscribeVideoUids, else there is no video to take',
    rule: page('snapshotConfig'),
    try: 'subscribeVideoUids: ["#allstream#"]',
  },
];

/** Of a web page. */
export const PAGE_RULES: Rule[] = [
  {
    path: 'videoHeight',
    breaks: (value) => numberOf(value, 'videoWidth', 0) * numberOf(value, 'videoHeight', 0) > MAX_PIXELS,
    error: 'videoWidth times videoHeight is more than 1920 times 1080',
    rule: page('videoWidth and videoHeight'),
    try: 'videoWidth: 1280, videoHeight: 720',
  },
];

export const CANVAS_RULES: Rule[] = [
  {
    path: 'width',
    breaks: (value) => numberOf(value, 'width', 360) * numberOf(value, 'height', 640) > MAX_PIXELS,
    error: 'width times height is more than 1920 times 1080 (what is left out counts as 360 and 640)',
    rule: page('transcodingConfig'),
    try: 'width: 1280, height: 720',
  },
];

const layoutOf = (value: unknown): number => numberOf(value, 'mixedVideoLayout', LAYOUT.floating);

export const LAYOUT_RULES: Rule[] = [
  {
    path: 'layoutConfig',
    breaks: (value) => (layoutOf(value) === LAYOUT.custom) !== given(value, 'layoutConfig'),
    error: 'layoutConfig and mixedVideoLayout 3 belong together: neither works alone',
    rule: page('transcodingConfig.layoutConfig'),
    try: 'mixedVideoLayout: 3 with layoutConfig',
  },
  {
    path: 'maxResolutionUid',
    breaks: (value) => given(value, 'maxResolutionUid') && layoutOf(value) !== LAYOUT.vertical,
    error: 'it has no effect without mixedVideoLayout 2, the vertical layout',
    rule: page('transcodingConfig.maxResolutionUid'),
    try: 'mixedVideoLayout: 2, or leave it out',
  },
];
