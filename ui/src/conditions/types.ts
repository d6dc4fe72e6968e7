// The condition language as it travels over the wire: one tree of groups and leaves. Leaves this app cannot edit yet still travel unchanged.

export type Condition = AllNode | AnyNode | NotNode | Leaf;
export type AllNode = { all: Condition[] };
export type AnyNode = { any: Condition[] };
export type NotNode = { not: Condition };
export type Leaf = FieldLeaf | ActivityLeaf | SegmentLeaf | AttributeLeaf | ForeignLeaf;

export type Comparison = { op: string; value?: unknown; values?: unknown[]; to?: unknown; exact?: boolean };
export type FieldLeaf = { fact: "field"; name: string } & Comparison;
export type AttributeLeaf = { fact: "attribute"; name: string } & Comparison;
export type SegmentLeaf = {
  fact: "segment";
  id?: number;
  reference?: string;
  op?: "in" | "not_in";
  counter?: { op: string; value: unknown };
};
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
export function isField(node: Condition): node is FieldLeaf {
  return "fact" in node && node.fact === "field";
}
export function isActivity(node: Condition): node is ActivityLeaf {
  return "fact" in node && node.fact === "activity";
}
export function isSegment(node: Condition): node is SegmentLeaf {
  return "fact" in node && node.fact === "segment";
}
export function isAttribute(node: Condition): node is AttributeLeaf {
  return "fact" in node && node.fact === "attribute";
}
