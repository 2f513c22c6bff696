/**
 * Traits: plain data that says how a vendor behaves. They are all that the session knows of a vendor; each
 * recorder exports its own, with the source of every figure.
 */
export interface Traits {
  /** `armed`: started before the source comes and records by itself then. `source-needed`: a start without source is refused. */
  start: 'armed' | 'source-needed';
  /**
   * A start whose reply was lost. `repeat`: the same start is sent again, the recorder knows its own by name.
   * `await-callback`: wait `unansweredMs` for a callback that names it, else write the take off.
   * `repeat-reserved`: the same start is sent again under its reservation, which makes no second recording; when that
   * cannot name it either, as `await-callback`.
   */
  unansweredStart: 'repeat' | 'await-callback' | 'repeat-reserved';
  /** A start needs a reservation, made by a call of its own just before. */
  reserves: boolean;
  /** How long an unanswered start waits for its callback before it is written off; not at all without callbacks. */
  unansweredMs: number;
  /** Longest time that a written-off take can go on at the vendor; null where only the vendor's own limits end it. */
  orphanBoundMs: number | null;
  /** Whether a look can prove that it records (`look`), only a callback can (`callback`), or nothing does (`none`). */
  proof: 'look' | 'callback' | 'none';
  /** When the first look after a start makes sense. */
  firstLookMs: number;
  /** Not proved after so long: the take counts as failed. */
  proofDeadlineMs: number;
  /** The take lives on through a drop of the source and records again by itself. */
  survivesDrop: boolean;
  /**
   * Whether a take goes on after a drop nobody tells but the vendor, by its answer to another start: that is sent after
   * every new push (an `assert`). Looks tell of the push as `unsure`. Only with `seesDrops`.
   */
  asserts: boolean;
  /** Looks see that the source has gone; else only callbacks tell, and a drop counts as recorded without them. */
  seesDrops: boolean;
  /**
   * What the vendor's callbacks tell, where the account has them: that a `source` comes and goes, what its `recorder`
   * does, which `files` are there. null: it sends none.
   */
  callbacks: { source: boolean; recorder: boolean; files: boolean } | null;
  /**
   * Something must be in the vendor's account before a take can record, such as a rule: it is made, or checked, before the
   * first start and ahead of the source (`prepare`).
   */
  prepares: boolean;
  /** What is missing is made by us; else it is only checked, and nothing is ever written to the account. */
  makes: boolean;
  /** Native pause inside a take. */
  nativePause: boolean;
  /** Least time between a stop and the next start of the same target (Huawei: 10 s). */
  restartGapMs: number;
  absence: {
    /** "Not found" is proof only after it has lasted this long (Agora fails over for up to 90 s). */
    proofMs: number;
  };
  /** What a refused connection means: the recorder itself is down (self-hosted), or nothing (a cloud). */
  refusedConnection: 'recorder-down' | 'unknown';
  /** A stop is retried for this long, then the take is left to the sweeper and the lock is freed. */
  stopGiveUpMs: number;
  /** Storage credentials are refreshed at this interval, or null where the vendor takes none. */
  refreshEveryMs: number | null;
  /** The longest that one take may last, with a planned hand-over before it; null without such a limit. */
  maxTakeMs: number | null;
  /** How long before its begin a window is prepared. */
  leadMs: number;
  /** Files of a take may still appear, or change, for so long after its end. */
  filesSettleMs: number;
  /** Names of final files are known: from looks and stop replies, from a list, by callback, or not at all. */
  files: 'look' | 'list' | 'callback' | 'none';
}
