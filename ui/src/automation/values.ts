// A rule as its form holds it.
import type { Action, Condition, Rule, Trigger } from "@/api/types";
import { asGroup, childrenOf } from "@/conditions/model";

export type RuleValues = {
  name: string;
  description: string;
  active: boolean;
  triggers: Trigger[];
  condition: Condition;
  actions: Action[];
  validFrom: string | null;
  validUntil: string | null;
};

export const emptyRule: RuleValues = {
  name: "",
  description: "",
  active: false,
  triggers: [],
  condition: asGroup(null),
  actions: [],
  validFrom: null,
  validUntil: null,
};

export function valuesOf(rule: Rule): RuleValues {
  const { name, description, active, triggers, condition, actions, validFrom, validUntil } = rule;
  return { name, description, active, triggers, condition: asGroup(condition), actions, validFrom, validUntil };
}

/** What is sent: no condition at all where none was written, and no empty delays. */
export function bodyOf(values: RuleValues): object {
  const { condition, actions, ...rest } = values;
  return {
    ...rest,
    condition: childrenOf(condition).length === 0 ? null : condition,
    actions: actions.map(withoutEmptyDelay),
  };
}

function withoutEmptyDelay(action: Action): Action {
  const { delay, ...rest } = action;
  return (delay ? { ...rest, delay } : rest) as Action;
}
