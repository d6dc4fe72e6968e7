// Triggers, actions and places of a rule as short texts.
import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "use-intl";
import { steps as stepsOf } from "@/api/pointer";
import type { Action, Deed, JourneyStep, SubscriptionStatus, Trigger, TriggerKind } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { useSentence } from "@/conditions/speech";
import { readable } from "@/parts/readable";
import { useCronText } from "./cron-words";
import { deedKinds } from "./deed-kinds";
import { readDelay } from "./delay";
import { fieldOf, useRuleFields } from "./fields";
import { ruleChoicesQuery, templateChoicesQuery, webhookChoicesQuery } from "./queries";
import { triggerKinds } from "./trigger-kinds";
import { isEmpty } from "./values";

const UNSAID = "…";
type Named = { id: number; name: string };

function named(all: Named[], id: number | null | undefined): string {
  return id ? (all.find((one) => one.id === id)?.name ?? `#${id}`) : UNSAID;
}

export function useTypeLabel(): (type: string) => string {
  const { activityTypes } = useCatalogue();
  return (type) => activityTypes.find(({ name }) => name === type)?.label || type || UNSAID;
}

/** "3 hours" of "3h". */
export function useSpanText(): (delay: string | null | undefined) => string {
  const t = useTranslations("deeds.spans");
  return (delay) => {
    const read = readDelay(delay);
    return read === null ? UNSAID : t(read.unit, { count: read.count });
  };
}

/** When an action is done; null for at once. */
export function useTimingText(): (action: Pick<Action, "delay" | "at">) => string | null {
  const t = useTranslations("deeds");
  const spanOf = useSpanText();
  return ({ delay, at }) => {
    const span = delay && readDelay(delay)?.count ? spanOf(delay) : null;
    if (span !== null && at) return t("afterSpanAt", { span, time: at });
    if (span !== null) return t("afterSpan", { span });
    return at ? t("atTime", { time: at }) : null;
  };
}

/** What an action does. Kinds this app does not know are called by their own name. */
export function useDeedText(): (deed: Deed | null) => string {
  const t = useTranslations("deeds.texts");
  const statusOf = useTranslations("conditions.statuses");
  const { segments } = useCatalogue();
  const { all: fields } = useRuleFields();
  const { data: templates = [] } = useQuery(templateChoicesQuery);
  const { data: rules = [] } = useQuery(ruleChoicesQuery);
  const { data: webhooks = [] } = useQuery(webhookChoicesQuery);
  const typeOf = useTypeLabel();
  return (deed) => {
    if (deed === null) return UNSAID;
    switch (deed.type) {
      case "add_segment":
      case "remove_segment":
        return t(deed.type, { what: named(segments, deed.segmentId) });
      case "send_mail":
        return t("send_mail", { what: deed.templateName || named(templates, deed.templateId) });
      case "change_field": {
        const field = fieldOf(fields, deed.field)?.label ?? (deed.field || UNSAID);
        const isEmptied = deed.value === null || deed.value === undefined;
        return isEmptied ? t("empty_field", { field }) : t("change_field", { field, what: plain(deed.value) });
      }
      case "track_activity":
        return t("track_activity", { what: typeOf(deed.activityType) });
      case "set_subscription":
        return t("set_subscription", { list: deed.list || UNSAID, what: statusOf(deed.status as SubscriptionStatus) });
      case "add_note":
        return t("add_note", { what: deed.title || UNSAID });
      case "webhook":
        return t("webhook", { what: named(webhooks, deed.webhookId) });
      case "start_rule":
        return t("start_rule", { what: named(rules, deed.ruleId) });
      default:
        return deed.type in deedKinds ? t(deed.type) : readable(String((deed as { type: string }).type));
    }
  };
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What sets a rule off. */
export function useTriggerText(): (trigger: Trigger) => string {
  const t = useTranslations("triggers");
  const { segments } = useCatalogue();
  const { all: fields } = useRuleFields();
  const typeOf = useTypeLabel();
  const spanOf = useSpanText();
  const cronOf = useCronText();
  const labelOf = (name: string) => fieldOf(fields, name)?.label ?? (name || UNSAID);
  return (trigger) => {
    switch (trigger.type) {
      case "new_activity":
      case "activity_changed":
        return t(`texts.${trigger.type}`, { what: typeOf(trigger.activityType) });
      case "inactivity":
        return t("texts.inactivity", { what: typeOf(trigger.activityType), span: spanOf(trigger.for) });
      case "customer_updated": {
        const what = (trigger.fields ?? []).map(labelOf).join(", ");
        return what === "" ? t("texts.customer_updated_any") : t("texts.customer_updated", { what });
      }
      case "segment_entered":
      case "segment_left":
        return t(`texts.${trigger.type}`, { what: named(segments, trigger.segmentId) });
      case "segments_built":
      case "segment_tracked":
        if (!trigger.segmentId) return t(`texts.${trigger.type}_any`);
        return t(`texts.${trigger.type}`, { what: named(segments, trigger.segmentId) });
      case "cron":
        return cronOf(trigger.expression) ?? trigger.expression;
      case "subscription_changed":
        return trigger.list ? t("texts.subscription_changed", { what: trigger.list }) : t("names.subscription_changed");
      case "consent_changed":
        return trigger.purpose ? t("texts.consent_changed", { what: trigger.purpose }) : t("names.consent_changed");
      case "date_reached":
        return t("texts.date_reached", { what: labelOf(trigger.field) });
      default:
        return isKnown(trigger.type)
          ? t(`names.${trigger.type}`)
          : readable(String((trigger as { type: string }).type));
    }
  };
}

function isKnown(type: string): type is TriggerKind {
  return type in triggerKinds;
}

/** What a step is about, beneath the name of its kind. */
export function useStepText(): (step: JourneyStep) => string {
  const t = useTranslations("journeys.texts");
  const deedText = useDeedText();
  const spanOf = useSpanText();
  const sentenceOf = useSentence();
  const format = useFormatter();
  return (step) => {
    switch (step.type) {
      case "action":
        return deedText(step.action);
      case "wait":
        if (step.for && step.until) return t("waitThen", { span: spanOf(step.for), time: step.until });
        if (step.for) return t("wait", { span: spanOf(step.for) });
        return step.until ? t("waitUntil", { time: step.until }) : t("waitNothing");
      case "wait_for": {
        const what = isEmpty(step.condition) ? UNSAID : sentenceOf(step.condition);
        const words = { what, span: spanOf(step.timeout) };
        return step.onTimeout === "exit" ? t("waitForOrExit", words) : t("waitFor", words);
      }
      case "branch":
        return t("branch", { count: step.branches.length });
      case "split":
        return t("split", {
          shares: step.parts.map(({ percent }) => format.number(percent / 100, { style: "percent" })).join(" · "),
        });
      default:
        return t("exit", { what: sentenceOf(step.condition) });
    }
  };
}

/** A place in a rule: "step 2 › way 1 › step 3". */
export function usePathText(): (path: string) => string {
  const t = useTranslations("journeys");
  return (path) => {
    const parts = stepsOf(path);
    const said: string[] = [];
    for (const [place, part] of parts.entries()) {
      const number = Number(parts[place + 1]) + 1;
      const isStep = part === "otherwise" || part === "steps";
      if (part === "otherwise") said.push(t("otherwise"));
      if (Number.isNaN(number)) continue;
      if (isStep) said.push(t("pathStep", { number }));
      else if (part === "branches" || part === "parts") said.push(t("pathWay", { number }));
      else if (part === "actions") said.push(t("pathAction", { number }));
      else if (part === "triggers") said.push(t("pathTrigger", { number }));
    }
    return said.join(" › ");
  };
}
