// Which days the figures are about, and the filters that lead from a figure to what it counts.
import type { Condition, Dashboard } from "@/api/types";
import type { DashboardSearch } from "@/searches";

export const DEFAULT_DAYS = 30;

export type Range = { days: number } | { from: string; to: string };

/** The days of the figures in sight, as the server has counted them: by the calendar of the shop, and not of the reader. */
export type Days = Pick<Dashboard["range"], "startsAt" | "endsAt">;

/** The last days, unless both ends are said. */
export function rangeOf({ days, from, to }: DashboardSearch): Range {
  return from !== undefined && to !== undefined && from <= to ? { from, to } : { days: days ?? DEFAULT_DAYS };
}

export function momentsOf({ startsAt, endsAt }: Days): { from: string; until: string } {
  return { from: startsAt, until: endsAt };
}

export function madeIn(days: Days): Condition {
  return { all: [wasMade(days)] };
}

/** Those of [`madeIn`] for whom something else holds. */
export function madeInAnd(days: Days, condition: Condition): Condition {
  return { all: [wasMade(days), condition] };
}

/** Moments, because a day in a condition is one of the customer's own calendar. */
function wasMade({ startsAt, endsAt }: Days): Condition {
  return { fact: "field", name: "createdAt", op: "between", value: startsAt, to: lastBefore(endsAt) };
}

/** What makes a customer known: by this he can be named or reached. */
const knownBy = ["email", "phone", "firstname", "lastname"];
export const areKnown: Condition = { any: knownBy.map((name) => ({ fact: "field", name, op: "set" })) };
export const areAnonymous: Condition = { all: knownBy.map((name) => ({ fact: "field", name, op: "not_set" })) };

export function activeIn({ startsAt, endsAt }: Days, type?: string): Condition {
  const within = { from: startsAt, to: endsAt };
  return { all: [{ fact: "activity", ...(type ? { type } : {}), within, op: "gte", value: 1 }] };
}

/** Who did something of this type in these days for the first time ever. */
export function cameFirst({ startsAt, endsAt }: Days, type: string): Condition {
  const to = lastBefore(endsAt);
  return { all: [{ fact: "activity", type, measure: "first", op: "between", value: startsAt, to }] };
}

/** Who did something of this type in these days, and earlier. */
export function cameAgain({ startsAt, endsAt }: Days, type: string): Condition {
  const within = { from: startsAt, to: endsAt };
  return {
    all: [
      { fact: "activity", type, within, op: "gte", value: 1 },
      { fact: "activity", type, measure: "first", op: "before", value: startsAt },
    ],
  };
}

/** What lies between two moments includes the second one. */
function lastBefore(moment: string): string {
  return new Date(Date.parse(moment) - 1).toISOString().replace("Z", "999Z");
}
