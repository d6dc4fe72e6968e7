// Why a run ended as it did: the leaves of the condition that said no, as they stand in the rule.
import { exists, steps, valueAt } from "@/api/pointer";
import type { Condition, Rule, RuleRun } from "@/api/types";

/** What should have held, and what was found instead. */
export type Refusal = { leaf: Condition; saw: unknown };

/** The rule may have been changed since; then the leaves are no longer where they were, and none is better than a wrong one. */
export function refusalsOf(run: RuleRun, rule: Pick<Rule, "condition" | "version">): Refusal[] {
  if (run.why.version !== rule.version || rule.condition === null) return [];
  const { condition } = rule;
  return (run.why.leaves ?? [])
    .filter(({ path }) => exists(condition, path))
    .map(({ path, saw }) => ({ leaf: asMeant(valueAt(condition, path) as Condition, path), saw }));
}

/** Inside of a negation the opposite was wanted, and that is what stood in the way. */
function asMeant(leaf: Condition, path: string): Condition {
  const negations = steps(path).filter((step) => step === "not").length;
  return negations % 2 === 1 ? { not: leaf } : leaf;
}

/** Whether leaves were written down that cannot be shown any more. */
export function isOutdated(run: RuleRun, rule: Pick<Rule, "version">): boolean {
  return (run.why.leaves?.length ?? 0) > 0 && run.why.version !== rule.version;
}
