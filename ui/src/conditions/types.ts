// The condition language as it travels over the wire: one tree of groups and leaves. Leaves this app cannot edit yet still travel unchanged.

export type Condition = AllNode | AnyNode | NotNode | Leaf;
export type AllNode = { all: Condition[] };
export type AnyNode = { any: Condition[] };
export type NotNode = { not: Condition };
export type Leaf =
  | FieldLeaf
  | ActivityLeaf
  | SequenceLeaf
  | SegmentLeaf
  | ConsentLeaf
  | SubscriptionLeaf
  | CompanyLeaf
  | AttributeLeaf
  | ForeignLeaf;

export type Comparison = { op: string; value?: unknown; values?: unknown[]; to?: unknown; exact?: boolean };
export type FieldLeaf = { fact: "field"; name: string } & Comparison;
export type AttributeLeaf = { fact: "attribute"; name: string } & Comparison;
export type SegmentLeaf = {
  fact: "segment";
  id?: number;
  reference?: string;
  op?: "in" | "not_in";
  counter?: Comparison;
};
export type Answer = "granted" | "denied" | "unanswered";
export type ConsentLeaf = { fact: "consent"; purpose: string; op: Answer };
export type SubscriptionLeaf = { fact: "subscription"; list: string } & Comparison;
export type CompanyLeaf = { fact: "company"; name: string } & Comparison;
export type Measure = "count" | "sum" | "average" | "min" | "max" | "distinct" | "first" | "last" | "days_since_last";
export type Within = string | { from?: string; to?: string };
export type ActivityLeaf = {
  fact: "activity";
  type?: string;
  where?: Condition;
  within?: Within;
  measure?: Measure;
  attribute?: string;
} & Comparison;
/** What one step of a sequence asks for: activities of a type, with certain attributes. */
export type Selection = { type?: string; where?: Condition };
export type SequenceLeaf = { fact: "sequence"; steps: Selection[]; within?: Within; span?: string };
export type ForeignLeaf = { fact: string; [key: string]: unknown };

export function isAll(node: Condition): node is AllNode {
  return "all" in node && Array.isArray(node.all);
}
export function isAny(node: Condition): node is AnyNode {
  return "any" in node && Array.isArray(node.any);
}
export function isNot(node: Condition): node is NotNode {
  return "not" in node && typeof node.not === "object" && node.not !== null;
}

// A leaf that is not written as its inputs expect is left alone: it is shown as it stands, like one of an unknown kind.

export function isField(node: Condition): node is FieldLeaf {
  return isOf(node, "field", (leaf) => isText(leaf.name) && isComparison(leaf));
}
export function isAttribute(node: Condition): node is AttributeLeaf {
  return isOf(node, "attribute", (leaf) => isText(leaf.name) && isComparison(leaf));
}
export function isCompany(node: Condition): node is CompanyLeaf {
  return isOf(node, "company", (leaf) => isText(leaf.name) && isComparison(leaf));
}
export function isSubscription(node: Condition): node is SubscriptionLeaf {
  return isOf(node, "subscription", (leaf) => isText(leaf.list) && isComparison(leaf));
}
export function isConsent(node: Condition): node is ConsentLeaf {
  return isOf(node, "consent", (leaf) => isText(leaf.purpose) && isText(leaf.op));
}
export function isSegment(node: Condition): node is SegmentLeaf {
  return isOf(node, "segment", ({ counter }) => counter === undefined || (isObject(counter) && isComparison(counter)));
}
export function isActivity(node: Condition): node is ActivityLeaf {
  return isOf(node, "activity", (leaf) => isComparison(leaf) && isPeriod(leaf.within) && isSelection(leaf));
}
export function isSequence(node: Condition): node is SequenceLeaf {
  return isOf(node, "sequence", ({ steps, within, span }) => {
    const areSteps = Array.isArray(steps) && steps.every((step) => isObject(step) && isSelection(step));
    return areSteps && isPeriod(within) && (span === undefined || isText(span));
  });
}

function isOf(node: object, fact: string, isWellWritten: (leaf: Record<string, unknown>) => boolean): boolean {
  return isObject(node) && node.fact === fact && isWellWritten(node);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isComparison(leaf: Record<string, unknown>): boolean {
  return isText(leaf.op) && (leaf.values === undefined || Array.isArray(leaf.values));
}

function isPeriod(within: unknown): boolean {
  return within === undefined || isText(within) || isObject(within);
}

function isSelection({ type, where }: Record<string, unknown>): boolean {
  return (type === undefined || isText(type)) && (where === undefined || misplaced(where) === null);
}

/** Where something stands that is neither a group nor a leaf; nothing if the whole is a tree. */
export function misplaced(value: unknown, pointer = ""): string | null {
  if (!isObject(value)) return pointer;
  for (const mode of ["all", "any"]) {
    if (!(mode in value)) continue;
    const children = value[mode];
    if (!Array.isArray(children)) return `${pointer}/${mode}`;
    for (const [index, child] of children.entries()) {
      const found = misplaced(child, `${pointer}/${mode}/${index}`);
      if (found !== null) return found;
    }
    return null;
  }
  if ("not" in value) return misplaced(value.not, `${pointer}/not`);
  return isText(value.fact) ? null : pointer;
}
