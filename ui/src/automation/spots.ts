// Places in a rule as it is written, by JSON pointer.
import { valueAt } from "@/api/pointer";
import type { Draft } from "@/parts/draft";
import type { RuleValues } from "./values";

export type RuleDraft = Draft<RuleValues>;
export type SpotProps = { draft: RuleDraft; pointer: string };

export function at<T>(draft: RuleDraft, pointer: string): T {
  return valueAt(draft.values, pointer) as T;
}

/** What is wrong at a place or anywhere below it. */
export function problemBelow(draft: RuleDraft, pointer: string): string | undefined {
  const own = draft.problem(pointer);
  if (own !== undefined) return own;
  for (const [path, message] of draft.problems) if (path.startsWith(`${pointer}/`)) return message;
  return undefined;
}

/** Activity types the rule waits for: of them conditions can ask the attributes. */
export function awaitedTypes(values: RuleValues): string[] {
  return values.triggers.flatMap((trigger) =>
    trigger.type === "new_activity" || trigger.type === "activity_changed" ? [trigger.activityType] : [],
  );
}
