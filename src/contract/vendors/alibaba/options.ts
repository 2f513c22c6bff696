/** How it is recorded: what stands in the record config of the stream. Names are those of AddLiveAppRecordConfig. */
import { z } from 'zod';
import { recordFormat } from './formats.ts';
import { ADD, always, given, ours, told, valueOf } from './words.ts';

/** All templates ("five asterisks"). */
export const ALL_TEMPLATES = '*****';
const MAX_TEMPLATES = 10;
const DELAY = { min: 15, max: 21_600 } as const;

/** What the vendor takes where nothing is written: 180 s by the pages of the commands. Written out, it is certain. */
const DELAY_DEFAULT = 180;

const template = z
  .string()
  .min(1)
  .refine((name) => !/\s/.test(name));

/** One format stands at most once: a second one of the same kind would write the same objects. */
function formatsOf(list: 'RecordFormat' | 'TranscodeRecordFormat') {
  return z
    .array(recordFormat(list))
    .min(1)
    .superRefine((formats, context) => {
      const kinds = Array.isArray(formats) ? formats.map((one) => valueOf(one, 'Format')) : [];
      for (const [i, kind] of kinds.entries()) {
        if (typeof kind !== 'string' || kinds.indexOf(kind) === i) continue;
        context.addIssue({
          code: 'custom',
          path: [i, 'Format'],
          message: `${kind} stands here twice`,
          params: { rule: `${ADD}, ${list} (InvalidFormat.IllegalOperation)`, try: 'each format once' },
        });
      }
    }, always)
    .optional();
}

const WINDOW =
  'the window of the specification says when: ApsaraVideo cuts a longer one at 7 days without a word';

export const alibabaOptionsSchema = z
  .strictObject({
    /** Seconds: a stream that comes back within it goes on in the same file; a file is there only after it. */
    DelayTime: told(
      z.int().min(DELAY.min).max(DELAY.max),
      `it must be a whole number of seconds from ${DELAY.min} to ${DELAY.max}`,
      { rule: `${ADD}, DelayTime (InvalidDelayTime)`, try: String(DELAY_DEFAULT) },
    ).default(DELAY_DEFAULT),
    /** Of the stream as it is pushed. */
    RecordFormat: formatsOf('RecordFormat'),
    /** Of transcoded streams. */
    TranscodeRecordFormat: formatsOf('TranscodeRecordFormat'),
    /** Which transcoded streams. */
    TranscodeTemplates: told(
      z.array(template).min(1).max(MAX_TEMPLATES),
      `it must be 1 to ${MAX_TEMPLATES} names of templates, or "${ALL_TEMPLATES}" alone for all`,
      {
        rule: `${ADD}, TranscodeTemplates (InvalidTemplateLength.Malformed)`,
        try: '[sd, hd]',
      },
    ).optional(),
    StartTime: ours('StartTime', WINDOW, 'window: {from, until}'),
    EndTime: ours('EndTime', WINDOW, 'window: {from, until}'),
    OnDemand: ours(
      'OnDemand',
      'a session commands its recording, which is OnDemand 7; 0, 1 and 2 record without being told to, and are for the typed client',
      'leave it out',
    ),
    DomainName: ours('DomainName', 'it belongs to the target', 'target.playbackDomain'),
    AppName: ours('AppName', 'it belongs to the target', 'target.app'),
    StreamName: ours('StreamName', 'it belongs to the target', 'target.stream'),
    OssEndpoint: ours('OssEndpoint', 'it follows from the destination', 'storage'),
    OssBucket: ours('OssBucket', 'it follows from the destination', 'storage'),
  })
  .refine((options) => given(options, 'RecordFormat') || given(options, 'TranscodeRecordFormat'), {
    ...always,
    path: ['RecordFormat'],
    error: 'nothing says in which format to record: RecordFormat or TranscodeRecordFormat is needed',
    params: {
      rule: `${ADD}, RecordFormat.N.Format (at least one of RecordFormat and TranscodeRecordFormat)`,
      try: '[{ Format: mp4, OssObjectPrefix: "rec/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}" }]',
    },
  })
  .refine((options) => !given(options, 'TranscodeRecordFormat') || given(options, 'TranscodeTemplates'), {
    ...always,
    path: ['TranscodeTemplates'],
    error: 'at least one template is needed with TranscodeRecordFormat',
    params: { rule: `${ADD}, TranscodeTemplates (MissingTemplate)`, try: `["${ALL_TEMPLATES}"]` },
  })
  .refine((options) => !given(options, 'TranscodeTemplates') || given(options, 'TranscodeRecordFormat'), {
    ...always,
    path: ['TranscodeTemplates'],
    error:
      'it says which transcoded streams, and nothing says in which format: TranscodeRecordFormat is needed',
    params: { rule: `${ADD}, TranscodeTemplates`, try: 'add TranscodeRecordFormat, or leave it out' },
  })
  .refine((options) => !templatesOf(options).includes('raw'), {
    ...always,
    path: ['TranscodeTemplates'],
    error: 'raw is a reserved word and no template',
    params: {
      rule: `${ADD}, TranscodeTemplates (InvalidTemplate.ForbidRaw)`,
      try: 'RecordFormat for the stream as it is pushed',
    },
  })
  .refine((options) => !templatesOf(options).includes(ALL_TEMPLATES) || templatesOf(options).length === 1, {
    ...always,
    path: ['TranscodeTemplates'],
    error: `"${ALL_TEMPLATES}" is all templates: no other one can stand beside it`,
    params: { rule: `${ADD}, TranscodeTemplates`, try: `["${ALL_TEMPLATES}"]` },
  });

function templatesOf(options: unknown): unknown[] {
  const templates = valueOf(options, 'TranscodeTemplates');
  return Array.isArray(templates) ? templates : [];
}

export type AlibabaOptions = z.output<typeof alibabaOptionsSchema>;
