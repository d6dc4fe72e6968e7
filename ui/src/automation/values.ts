// A rule as its form holds it.
import type { Action, Condition, JourneyStep, Reentry, Rule, Trigger } from "@/api/types";
import { asGroup, childrenOf } from "@/conditions/model";
import { deedOf, fullAction } from "./deed-kinds";
import { readDelay, writeMinutes } from "./delay";
import { fullStep } from "./steps";
import { fullTrigger } from "./trigger-kinds";

export type RuleValues = {
  name: string;
  description: string;
  active: boolean;
  /** Null puts it after all others. */
  position: number | null;
  triggers: Trigger[];
  condition: Condition;
  /** Whether `steps` are meant; `actions` if not. */
  isJourney: boolean;
  actions: Action[];
  steps: JourneyStep[];
  exitWhen: Condition;
  /** The period is kept while another policy is chosen. */
  reentry: { policy: Reentry["policy"]; period: string };
  holdout: number;
  stopProcessing: boolean;
  validFrom: string | null;
  validUntil: string | null;
};

const PERIOD = "30d";

export const emptyRule: RuleValues = {
  name: "",
  description: "",
  active: false,
  position: null,
  triggers: [],
  condition: asGroup(null),
  isJourney: false,
  actions: [],
  steps: [],
  exitWhen: asGroup(null),
  reentry: { policy: "always", period: PERIOD },
  holdout: 0,
  stopProcessing: false,
  validFrom: null,
  validUntil: null,
};

export function valuesOf(rule: Rule): RuleValues {
  const { name, description, active, position, holdout, stopProcessing, validFrom, validUntil, reentry } = rule;
  return {
    ...{ name, description, active, position, holdout, stopProcessing, validFrom, validUntil },
    triggers: rule.triggers.map(fullTrigger),
    condition: asGroup(rule.condition),
    isJourney: rule.steps.length > 0,
    actions: rule.actions.map(fullAction),
    steps: rule.steps.map(fullStep),
    exitWhen: asGroup(rule.exitWhen),
    reentry: { policy: reentry.policy, period: reentry.policy === "once_per" ? reentry.period : PERIOD },
  };
}

/** What is sent: actions or steps, and no conditions that ask nothing. */
export function bodyOf(values: RuleValues): object {
  const { condition, isJourney, actions, steps, exitWhen, reentry, triggers, ...rest } = values;
  return {
    ...rest,
    triggers: triggers.map(withoutEmptyFilter),
    condition: orNull(condition),
    actions: isJourney ? [] : actions,
    steps: isJourney ? steps : [],
    exitWhen: isJourney ? orNull(exitWhen) : null,
    reentry: reentry.policy === "once_per" ? reentry : { policy: reentry.policy },
  };
}

function orNull(condition: Condition): Condition | null {
  return isEmpty(condition) ? null : condition;
}

export function isEmpty(condition: Condition | null): boolean {
  return condition === null || (("all" in condition || "any" in condition) && childrenOf(condition).length === 0);
}

function withoutEmptyFilter(trigger: Trigger): Trigger {
  return "where" in trigger && isEmpty(trigger.where ?? null) ? { ...trigger, where: null } : trigger;
}

/** The same as steps: each action waits until its time after those before it. */
export function asSteps(actions: Action[]): JourneyStep[] {
  let passed = 0;
  return actions.flatMap((action): JourneyStep[] => {
    const minutes = Math.max(0, minutesOf(action.delay) - passed);
    passed += minutes;
    const step: JourneyStep = { type: "action", name: null, action: deedOf(action) };
    const isLater = minutes > 0 || Boolean(action.at);
    const wait = {
      type: "wait" as const,
      name: null,
      for: minutes > 0 ? writeMinutes(minutes) : null,
      until: action.at,
    };
    return isLater ? [wait, step] : [step];
  });
}

/** What of a journey can be done by each action for itself: the actions on everybody's way. */
export function asActions(steps: JourneyStep[]): Action[] {
  return steps.flatMap((step) => (step.type === "action" ? [fullAction(step.action)] : []));
}

function minutesOf(delay: string | null | undefined): number {
  const read = readDelay(delay);
  return read === null ? 0 : read.count * { m: 1, h: 60, d: 24 * 60 }[read.unit];
}
