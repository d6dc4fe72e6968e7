// Which days the figures are about, and the filters that lead from a figure to what it counts.
import type { Condition } from "@/api/types";
import type { DashboardSearch } from "@/searches";

export const DEFAULT_DAYS = 30;

export type Range = { days: number } | { from: string; to: string };

/** The last days, unless both ends are said. */
export function rangeOf({ days, from, to }: DashboardSearch): Range {
  return from !== undefined && to !== undefined && from <= to ? { from, to } : { days: days ?? DEFAULT_DAYS };
}

export function madeIn(range: Range): Condition {
  const compared =
    "days" in range
      ? { op: "within_last", value: `${range.days}d` }
      : { op: "between", value: range.from, to: range.to };
  return { all: [{ fact: "field", name: "createdAt", ...compared }] };
}

export function activeIn(range: Range, type?: string): Condition {
  const within = "days" in range ? `${range.days}d` : { from: range.from, to: dayAfter(range.to) };
  return { all: [{ fact: "activity", ...(type ? { type } : {}), within, op: "gte", value: 1 }] };
}

/** Spans of conditions end before their end. */
export function dayAfter(day: string): string {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + 1);
  return at.toISOString().slice(0, 10);
}
