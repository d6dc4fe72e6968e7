// How long something waits: "2m", "3h", "1d" as a number and a unit.

export type DelayUnit = "m" | "h" | "d";
export type Delay = { count: number; unit: DelayUnit };
export const delayUnits: readonly DelayUnit[] = ["m", "h", "d"];
export const DELAY_MAX = 10_000;

const HOUR = 60;
const DAY = 24 * HOUR;

export function readDelay(text: string | null | undefined): Delay | null {
  const found = /^(\d+)([mhd])$/.exec(text ?? "");
  return found ? { count: Number(found[1]), unit: found[2] as DelayUnit } : null;
}

export function writeDelay(delay: Delay | null): string | null {
  return delay === null || delay.count <= 0 ? null : `${delay.count}${delay.unit}`;
}

/** In the largest unit that fits. */
export function writeMinutes(minutes: number): string {
  if (minutes % DAY === 0) return `${minutes / DAY}d`;
  return minutes % HOUR === 0 ? `${minutes / HOUR}h` : `${minutes}m`;
}
