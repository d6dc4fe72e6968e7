// Which days the figures are about, and the filters that lead from a figure to what it counts.
import type { Condition } from "@/api/types";
import { dayAfter } from "@/parts/moment-input";
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
