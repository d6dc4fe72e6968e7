// How a look of a rule can end, the usual first.
import type { RunOutcome } from "@/api/types";

export const outcomes: RunOutcome[] = [
  "fired",
  "condition_not_met",
  "went_on",
  "finished",
  "exited",
  "action_done",
  "action_skipped",
  "action_failed",
  "failed",
  "held_out",
  "not_again",
  "stopped",
  "too_deep",
  "outside_validity",
  "cancelled",
];
