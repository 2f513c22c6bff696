/** The activity of the ticks: one request, where there is somebody to send it to. */
export interface Tick {
  due: number;
  /** When it was answered. */
  at: number;
}

export interface TickActivities {
  tickLike(input: Pick<Tick, 'due'>): Promise<Tick>;
}

export function tickActivities(request: () => Promise<void>, now: () => Promise<number>): TickActivities {
  return {
    async tickLike({ due }) {
      await request();
      return { due, at: await now() };
    },
  };
}
