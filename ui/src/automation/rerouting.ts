// Whether a changed rule leads those another way who are on it.
import type { PlaceCount, Rule } from "@/api/types";
import { bodyOf, type RuleValues, valuesOf } from "./values";

export function travellers(places: PlaceCount[]): number {
  return places.filter(({ kind }) => kind === "journey").reduce((sum, { count }) => sum + count, 0);
}

/** Whether a change touches the way of those who are under way. */
export function isRerouted(before: Rule, after: RuleValues): boolean {
  const wayOf = (values: RuleValues) => {
    const { steps, exitWhen } = bodyOf(values) as { steps: unknown; exitWhen: unknown };
    return JSON.stringify([steps, exitWhen]);
  };
  return wayOf(valuesOf(before)) !== wayOf(after);
}
