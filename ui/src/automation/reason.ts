// Why a run ended as it did: the leaves of the condition that said no, and the actions, as they stand in the rule.
import { exists, steps, valueAt } from "@/api/pointer";
import type { Condition, Deed, JourneyStep, Rule, RuleRun, RunDeed } from "@/api/types";

export type ToldRun = Pick<RuleRun, "outcome" | "why">;
/** What of a rule is needed to tell of its runs; the condition as the server has it, for its paths. */
export type ToldRule = Pick<Rule, "condition" | "version" | "actions" | "steps">;

/** What should have held, and what was found instead. */
export type Refusal = { leaf: Condition; saw?: unknown; withheld?: boolean };

/** The rule may have been changed since; then the leaves are no longer where they were, and none is better than a wrong one. */
export function refusalsOf(run: Pick<RuleRun, "why">, rule: Pick<Rule, "condition" | "version">): Refusal[] {
  if (run.why.version !== rule.version || rule.condition === null) return [];
  const { condition } = rule;
  return (run.why.leaves ?? [])
    .filter(({ path }) => exists(condition, path))
    .map(({ path, saw, withheld }) => ({ leaf: asMeant(valueAt(condition, path) as Condition, path), saw, withheld }));
}

/** Inside of a negation the opposite was wanted, and that is what stood in the way. */
function asMeant(leaf: Condition, path: string): Condition {
  const negations = steps(path).filter((step) => step === "not").length;
  return negations % 2 === 1 ? { not: leaf } : leaf;
}

/** Whether leaves were written down that cannot be shown any more. */
export function isOutdated(run: Pick<RuleRun, "why">, rule: Pick<Rule, "version">): boolean {
  return (run.why.leaves?.length ?? 0) > 0 && run.why.version !== rule.version;
}

/** Where an action stands; nothing where only a place is said that is no place of the rule as it is written. */
export function deedPath({ path, position }: RunDeed, rule: ToldRule): string | null {
  if (path) return path;
  return position === undefined || rule.steps.length > 0 ? null : `/actions/${position}`;
}

/** What is done at a path of the rule, if it still is as it was then. */
export function deedAt(path: string | null, version: number | undefined, rule: ToldRule): Deed | null {
  if (path === null || version !== rule.version) return null;
  const found = valueAt(rule, path) as JourneyStep | Deed | undefined;
  if (found === undefined) return null;
  return found.type === "action" ? found.action : (found as Deed);
}
