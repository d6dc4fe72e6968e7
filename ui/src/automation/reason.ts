// Takes the stored reason of a run apart: the explained condition, and whatever else was written down.
import type { ExplainNode } from "@/api/types";

const known = ["fired", "condition_not_met", "outside_validity", "switched_off", "scheduled"] as const;
export type KnownOutcome = (typeof known)[number];

export function isKnownOutcome(outcome: string): outcome is KnownOutcome {
  return (known as readonly string[]).includes(outcome);
}

/** The explanation may be the whole reason or lie one level below it. */
export function reasonOf(why: unknown): { tree: ExplainNode | null; rest: Record<string, unknown> } {
  if (typeof why !== "object" || why === null) return { tree: null, rest: {} };
  if (isExplanation(why)) return { tree: why, rest: {} };
  const entries = Object.entries(why);
  const found = entries.find(([, value]) => isExplanation(value));
  return {
    tree: found ? (found[1] as ExplainNode) : null,
    rest: Object.fromEntries(entries.filter((entry) => entry !== found)),
  };
}

/** The outermost part that decided against it and can be said in one sentence. */
export function firstObstacle(node: ExplainNode): ExplainNode | null {
  if (node.matches) return null;
  const failing = node.children?.find((child) => !child.matches);
  return failing ? firstObstacle(failing) : node;
}

function isExplanation(value: unknown): value is ExplainNode {
  return typeof value === "object" && value !== null && "matches" in value && "condition" in value;
}
