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
};
