// Conditions as sentences a marketer reads: "order at least 3 times in the last 90 days".
import type { createTranslator, useTranslations } from "use-intl";
import type { Catalogue } from "@/api/types";
import type { Words } from "@/words";
import { readSpan } from "./duration";
import { childrenOf } from "./model";
import { shapeOf } from "./operators";
import {
  type ActivityLeaf,
  type Comparison,
  type Condition,
  type ConsentLeaf,
  isActivity,
  isAll,
  isAny,
  isAttribute,
  isCompany,
  isConsent,
  isField,
  isNot,
  isSegment,
  isSequence,
  isSubscription,
  type SegmentLeaf,
  type Selection,
  type SequenceLeaf,
  type SubscriptionLeaf,
} from "./types";

export type Translator =
  | ReturnType<typeof useTranslations<"conditions">>
  | ReturnType<typeof createTranslator<Words, "conditions">>;
export type Speech = {
  t: Translator;
  catalogue: Pick<Catalogue, "fields" | "activityTypes" | "segments">;
  dateOf: (value: string) => string;
  numberOf: (value: number) => string;
};

export function sentence(node: Condition, speech: Speech): string {
  const { t } = speech;
  if (isNot(node)) return negation(node.not, speech);
  if (isAll(node) || isAny(node)) {
    const children = childrenOf(node);
    if (children.length === 0) return t(isAny(node) ? "nobody" : "everybody");
    if (children.length === 1 && children[0]) return sentence(children[0], speech);
    const word = t(isAny(node) ? "or" : "and");
    return children.map((child) => enclosed(child, speech)).join(` ${word} `);
  }
  if (isField(node)) return comparison(fieldLabel(node.name, speech), node, speech, fieldOptions(node.name, speech));
  if (isAttribute(node)) return comparison(node.name, node, speech);
  if (isSegment(node)) return segmentSentence(node, speech);
  if (isActivity(node)) return activitySentence(node, speech);
  if (isSequence(node)) return sequenceSentence(node, speech);
  if (isConsent(node)) return consentSentence(node, speech);
  if (isSubscription(node)) return subscriptionSentence(node, speech);
  if (isCompany(node)) return comparison(companyLabel(node.name, t), node, speech);
  return t("foreign", { fact: node.fact });
}

/** "is not in segment Press" rather than "not (is in segment Press)"; for everything else the parentheses are the clearest. */
function negation(node: Condition, speech: Speech): string {
  if (isSegment(node) && !node.counter)
    return segmentSentence({ ...node, op: node.op === "not_in" ? "in" : "not_in" }, speech);
  return speech.t("not", { what: `(${sentence(node, speech)})` });
}

/** In parentheses where the joining words would otherwise be ambiguous. */
function enclosed(node: Condition, speech: Speech): string {
  const text = sentence(node, speech);
  const isGroup = (isAll(node) || isAny(node)) && childrenOf(node).length > 1;
  return isGroup ? `(${text})` : text;
}

function segmentSentence(leaf: SegmentLeaf, speech: Speech): string {
  const { t, catalogue } = speech;
  const found = catalogue.segments.find(({ id, reference }) =>
    leaf.id !== undefined ? id === leaf.id : reference === leaf.reference,
  );
  const name = found?.name ?? leaf.reference ?? (leaf.id === undefined ? "…" : `#${leaf.id}`);
  if (!leaf.counter) return t(leaf.op === "not_in" ? "notInSegment" : "inSegment", { name });
  const times = {
    name,
    op: countLabel(leaf.counter.op, t),
    amount: operand(leaf.counter, speech),
    n: Number(leaf.counter.to ?? leaf.counter.value ?? 0),
  };
  return t(leaf.op === "not_in" ? "notInSegmentTimes" : "inSegmentTimes", times);
}

function sequenceSentence(leaf: SequenceLeaf, speech: Speech): string {
  const { t } = speech;
  const steps = leaf.steps.map((step) => selectionText(step, speech)).join(` ${t("next")} `);
  const span = leaf.span === undefined ? "" : t("spanning", { span: spanText(leaf.span, t) });
  return [steps, span, period(leaf.within, speech)].filter(Boolean).join(" ");
}

function selectionText({ type, where }: Selection, speech: Speech): string {
  const what = typeText(type, speech);
  return where && childrenCount(where) > 0 ? `${what} (${speech.t("where", { what: sentence(where, speech) })})` : what;
}

function typeText(type: string | undefined, { t, catalogue }: Speech): string {
  return catalogue.activityTypes.find(({ name }) => name === type)?.label || type || t("anyActivity");
}

const answers = ["granted", "denied", "unanswered"];

function consentSentence({ purpose, op }: ConsentLeaf, { t }: Speech): string {
  const answer = answers.includes(op) ? t(`answers.${op}`) : op;
  return t("consent", { purpose: purpose || "…", answer });
}

function subscriptionSentence(leaf: SubscriptionLeaf, speech: Speech): string {
  const { t } = speech;
  const options = statuses.map((value) => ({ value, label: t(`statuses.${value}`) }));
  return t("subscription", { list: leaf.list || "…", what: comparison("", leaf, speech, options) });
}

export const statuses = ["subscribed", "pending", "unsubscribed", "cleaned"] as const;
export const companyFields = ["name", "vatId", "id", "createdAt", "updatedAt"] as const;

export function companyLabel(name: string, t: Translator): string {
  const field = companyFields.find((one) => one === name);
  return field ? t(`companyFields.${field}`) : t("companyField", { name });
}

function activitySentence(leaf: ActivityLeaf, speech: Speech): string {
  const { t } = speech;
  const what = typeText(leaf.type, speech);
  const measure = leaf.measure ?? "count";
  const amount = operand(leaf, speech);
  const core =
    measure === "count"
      ? t("activityCount", { what, op: countLabel(leaf.op, t), amount, n: Number(leaf.to ?? leaf.value ?? 0) })
      : t("activityMeasure", {
          what,
          measure: t(`measures.${measure}`),
          attribute: leaf.attribute ?? "",
          op: operatorLabel(leaf.op, t),
          amount,
        });
  const where =
    leaf.where && childrenCount(leaf.where) > 0 ? ` ${t("where", { what: sentence(leaf.where, speech) })}` : "";
  return [core, period(leaf.within, speech)].filter(Boolean).join(" ") + where;
}

function childrenCount(node: Condition): number {
  return isAll(node) || isAny(node) ? childrenOf(node).length : 1;
}

function period(within: ActivityLeaf["within"], { t, dateOf }: Speech): string {
  if (within === undefined) return "";
  if (typeof within === "string") return t("withinLast", { span: spanText(within, t) });
  const from = within.from ? dateOf(within.from) : "…";
  const to = within.to ? dateOf(within.to) : "…";
  return t("withinRange", { from, to });
}

export function spanText(text: string, t: Translator): string {
  const span = readSpan(text);
  return span === null ? text : t(`spans.${span.unit}`, { count: span.count });
}

function comparison(
  label: string,
  leaf: Comparison,
  speech: Speech,
  options: { value: string; label: string }[] = [],
): string {
  const amount = operand(leaf, speech, options);
  return [label, operatorLabel(leaf.op, speech.t), amount].filter(Boolean).join(" ");
}

function operand(leaf: Comparison, speech: Speech, options: { value: string; label: string }[] = []): string {
  const { t } = speech;
  const shape = shapeOf(leaf.op);
  const one = (value: unknown) => valueText(value, speech, options);
  if (shape === "none") return "";
  if (shape === "many") return (leaf.values ?? []).map(one).join(", ") || "…";
  if (shape === "range") return t("range", { from: one(leaf.value), to: one(leaf.to) });
  if (shape === "span") return typeof leaf.value === "string" ? spanText(leaf.value, t) : "…";
  return one(leaf.value);
}

function valueText(
  value: unknown,
  { t, dateOf, numberOf }: Speech,
  options: { value: string; label: string }[],
): string {
  if (value === undefined || value === null || value === "") return "…";
  if (typeof value === "boolean") return t(value ? "true" : "false");
  if (typeof value === "number") return numberOf(value);
  if (typeof value !== "string") return JSON.stringify(value);
  const option = options.find((candidate) => candidate.value === value);
  if (option) return option.label;
  return /^\d{4}-\d{2}-\d{2}(T|$)/.test(value) ? dateOf(value) : `“${value}”`;
}

function fieldOptions(name: string, { catalogue }: Speech) {
  return catalogue.fields.find((field) => field.name === name)?.options ?? [];
}

function fieldLabel(name: string, { catalogue }: Speech): string {
  return catalogue.fields.find((field) => field.name === name)?.label || name;
}

const known = [
  ..."eq ne in not_in contains not_contains starts_with ends_with matches set not_set".split(" "),
  ..."lt lte gt gte between before after on within_last within_next older_than anniversary_within".split(" "),
  ..."age_gte age_lt has has_any has_all empty".split(" "),
];
export type KnownOperator = keyof Words["conditions"]["ops"];

export function operatorLabel(op: string, t: Translator): string {
  return known.includes(op) ? t(`ops.${op as KnownOperator}`) : op;
}

const counting = ["eq", "gte", "lte", "gt", "lt", "between"];

/** "at least 3 times" reads better than "is at least 3 times". */
export function countLabel(op: string, t: Translator): string {
  return counting.includes(op) ? t(`countOps.${op as keyof Words["conditions"]["countOps"]}`) : operatorLabel(op, t);
}
