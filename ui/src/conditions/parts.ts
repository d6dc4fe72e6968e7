// What the parts of a condition leave or bring, worked out from what the server counts. Pure.
import { valueAt } from "@/api/pointer";
import type { Condition, SegmentPreview } from "@/api/types";

export type Step = { path: string; part: Condition; count: number; change: number | null; share: number };

/** The parts of a condition one after the other: how many are left or reached, and how many each part took or brought. */
export function waterfall(condition: Condition, steps: SegmentPreview["steps"]): Step[] {
  const most = Math.max(1, ...steps.map(({ count }) => count));
  return steps.map(({ path, count }, index) => {
    const before = steps[index - 1]?.count;
    return {
      path,
      part: valueAt(condition, path) as Condition,
      count,
      change: before === undefined ? null : count - before,
      share: count / most,
    };
  });
}
