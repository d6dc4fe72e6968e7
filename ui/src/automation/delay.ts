// How long an action waits: "2m", "3h", "1d" as a number and a unit.

export type DelayUnit = "m" | "h" | "d";
export type Delay = { count: number; unit: DelayUnit };
export const delayUnits: readonly DelayUnit[] = ["m", "h", "d"];

export function readDelay(text: string | null | undefined): Delay | null {
  const found = /^(\d+)([mhd])$/.exec(text ?? "");
  return found ? { count: Number(found[1]), unit: found[2] as DelayUnit } : null;
}

export function writeDelay(delay: Delay | null): string | null {
  return delay === null || delay.count <= 0 ? null : `${delay.count}${delay.unit}`;
}
