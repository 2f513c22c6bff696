/** How much is measured. `--quick` is for those who change the bench: its figures are too few to mean anything. */
export interface Counts {
  /** Starts one after another, of each kind. */
  starts: number;
  /** Pairs of runs, sessions of each run, and how many of them are under way at a time. */
  rateRounds: number;
  rateSessions: number;
  inFlight: number;
  /** Of the loop that the history is compared with; scaled to 24. */
  loopHours: number;
  cachedSessions: number;
  cachedRounds: number;
  driverRounds: number;
  stepRounds: number;
  /** Rounds of looks and refreshes at Agora, and how many of each. */
  lookRounds: number;
  looks: number;
  refreshes: number;
  /** Sessions that refresh each five seconds, and how often each. */
  refreshSessions: number;
  refreshesEach: number;
  /** Sessions of three virtual days in which mints fail. */
  failingSessions: number;
  /** Callbacks one after another; pairs of runs at full speed, and callbacks of each run. */
  callbacks: number;
  callbackRounds: number;
  callbacksEach: number;
  /** Starts at once by the activities alone, and sessions whose windows begin at once. */
  quotaStarts: number;
  quotaSessions: number;
  /** Rounds of calls by clients that sign, and calls of each. */
  signedRounds: number;
  signedCalls: number;
  /** Windows that lie ahead, and for how long they are watched while nothing happens. */
  sleepers: number;
  idleMs: number;
  /** Sessions that are looked at each minute, and how long each step on the way there is measured. */
  crowd: number;
  crowdMs: number;
}

export const FULL: Counts = {
  starts: 60,
  rateRounds: 3,
  rateSessions: 150,
  inFlight: 32,
  loopHours: 2,
  cachedSessions: 300,
  cachedRounds: 2,
  driverRounds: 9,
  stepRounds: 9,
  lookRounds: 9,
  looks: 2000,
  refreshes: 100,
  refreshSessions: 4,
  refreshesEach: 6,
  failingSessions: 25,
  callbacks: 400,
  callbackRounds: 5,
  callbacksEach: 2000,
  quotaStarts: 300,
  quotaSessions: 300,
  signedRounds: 9,
  signedCalls: 3000,
  sleepers: 10_000,
  idleMs: 60_000,
  crowd: 10_000,
  crowdMs: 45_000,
};

export const QUICK: Counts = {
  starts: 10,
  rateRounds: 1,
  rateSessions: 40,
  inFlight: 32,
  loopHours: 1,
  cachedSessions: 60,
  cachedRounds: 1,
  driverRounds: 3,
  stepRounds: 3,
  lookRounds: 3,
  looks: 500,
  refreshes: 30,
  refreshSessions: 2,
  refreshesEach: 2,
  failingSessions: 2,
  callbacks: 60,
  callbackRounds: 3,
  callbacksEach: 300,
  quotaStarts: 300,
  quotaSessions: 60,
  signedRounds: 3,
  signedCalls: 500,
  sleepers: 200,
  idleMs: 5_000,
  crowd: 100,
  crowdMs: 20_000,
};

/** @throws for a count that there is not */
export function countsOf(words: readonly string[]): Counts {
  const base = words.includes('--quick') ? QUICK : FULL;
  const own = words.flatMap((word) => {
    const [, name, value] = /^--(\w+)=(\d+)$/.exec(word) ?? [];
    return name === undefined ? [] : [[name, Number(value)] as const];
  });
  const unknown = own.find(([name]) => !(name in base));
  if (unknown) throw new Error(`There is no count ${unknown[0]}; there are ${Object.keys(base).join(', ')}.`);
  return own.length === 0 ? base : { ...base, ...Object.fromEntries(own) };
}
