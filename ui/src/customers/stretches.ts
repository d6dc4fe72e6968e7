// The stretches of time that a customer's activities are counted in. Pure.
import type { TimelineDensity } from "@/api/types";

export type Stretch = { from: string; to: string; count: number };

export function stretchesOf({ from, until, counts }: TimelineDensity): Stretch[] {
  const begin = Date.parse(from);
  const width = (Date.parse(until) - begin) / counts.length;
  const moment = (place: number) => new Date(Math.ceil(begin + width * place)).toISOString();
  return counts.map((count, place) => ({ from: moment(place), to: moment(place + 1), count }));
}
