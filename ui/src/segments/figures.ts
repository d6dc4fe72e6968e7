// What the figures of a preview and of a forecast say, worked out from what the server counts. Pure.

import type { SegmentDay, SegmentForecast } from "@/api/types";

export type Overlap = { onlyHere: number; both: number; onlyThere: number; ofHere: number; ofThere: number };

/** Two sets held against each other; the share of an empty one is nothing. */
export function overlap(count: number, { size, both }: { size: number; both: number }): Overlap {
  return {
    onlyHere: count - both,
    both,
    onlyThere: size - both,
    ofHere: count === 0 ? 0 : both / count,
    ofThere: size === 0 ? 0 : both / size,
  };
}

export type LeavingDay = { day: string; leaving: number; remaining: number };

/** The days on which somebody leaves, with how many members remain after each. */
export function leavingDays({ size, days }: SegmentForecast): LeavingDay[] {
  let remaining = size;
  const all = days.map(({ day, leaving }) => {
    remaining -= leaving;
    return { day, leaving, remaining };
  });
  return all.filter(({ leaving }) => leaving > 0);
}

export type Growth = { days: number; size: number; entered: number; left: number };

/** What became of a segment within these days; nothing if nothing is known of it yet. */
export function growth(days: SegmentDay[]): Growth | null {
  const last = days.at(-1);
  if (last === undefined) return null;
  const sum = (of: (day: SegmentDay) => number) => days.reduce((total, day) => total + of(day), 0);
  return { days: days.length, size: last.size, entered: sum(({ entered }) => entered), left: sum(({ left }) => left) };
}
