// Pure edits of a condition tree. The tree is its own model: places in it are named by JSON pointers, the same the server uses for its problems and counts.
import { join, steps, valueAt, withValueAt } from "@/api/pointer";
import type { Catalogue } from "@/api/types";
import { operatorsFor, shapeOf } from "./operators";
import {
  type Condition,
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
  type Leaf,
} from "./types";

export const DEPTH_MAX = 16;
export const NODES_MAX = 300;
export const STEPS_MIN = 2;
export const STEPS_MAX = 10;
export type Mode = "all" | "any";
export type Group = { all: Condition[] } | { any: Condition[] };

export function emptyGroup(): Condition {
  return { all: [] };
}

/** The tree with a group at its root, because the builder draws a group first. */
export function asGroup(condition: Condition | null | undefined): Condition {
  if (!condition) return emptyGroup();
  return isAll(condition) || isAny(condition) ? condition : { all: [condition] };
}

export function modeOf(group: Condition): Mode {
  return isAny(group) ? "any" : "all";
}

export function childrenOf(group: Condition): Condition[] {
  if (isAll(group)) return group.all;
  return isAny(group) ? group.any : [];
}

export function withMode(group: Condition, mode: Mode): Condition {
  return mode === "any" ? { any: childrenOf(group) } : { all: childrenOf(group) };
}

/** Where the n-th child of a group lies. */
export function childPointer(groupPointer: string, group: Condition, index: number): string {
  return join(join(groupPointer, modeOf(group)), index);
}

export function added(tree: Condition, groupPointer: string, node: Condition): Condition {
  const group = valueAt(tree, groupPointer) as Condition;
  return withValueAt(tree, join(groupPointer, modeOf(group)), [...childrenOf(group), node]);
}

/** The tree without the node; a negation around it goes with it. */
export function removed(tree: Condition, pointer: string): Condition {
  const path = steps(pointer);
  if (path.at(-1) === "not") return removed(tree, parentOf(pointer));
  const index = Number(path.at(-1));
  const listPointer = parentOf(pointer);
  const siblings = valueAt(tree, listPointer) as Condition[];
  return withValueAt(
    tree,
    listPointer,
    siblings.filter((_, place) => place !== index),
  );
}

export function negated(node: Condition): Condition {
  return isNot(node) ? node.not : { not: node };
}

export function parentOf(pointer: string): string {
  return pointer.slice(0, pointer.lastIndexOf("/"));
}

/** Every leaf outside of `where`, with its place. */
export function leavesOf(tree: Condition, pointer = ""): { pointer: string; leaf: Leaf }[] {
  if (isNot(tree)) return leavesOf(tree.not, `${pointer}/not`);
  if (isAll(tree) || isAny(tree)) {
    return childrenOf(tree).flatMap((child, index) => leavesOf(child, childPointer(pointer, tree, index)));
  }
  return [{ pointer, leaf: tree as Leaf }];
}

export function nodeCount(tree: Condition): number {
  if (isNot(tree)) return 1 + nodeCount(tree.not);
  return 1 + childrenOf(tree).reduce((sum, child) => sum + nodeCount(child), 0);
}

/** Whether every leaf says enough to be asked; a half-written row must not be sent for a preview. */
export function isComplete(tree: Condition): boolean {
  return leavesOf(tree).every(({ leaf }) => isLeafComplete(leaf));
}

function isLeafComplete(leaf: Leaf): boolean {
  if (isSegment(leaf)) {
    const isChosen = leaf.id !== undefined || leaf.reference !== undefined;
    return isChosen && (leaf.counter === undefined || hasValue(leaf.counter.op, leaf.counter));
  }
  if (isConsent(leaf)) return leaf.purpose !== "";
  if (isSubscription(leaf)) return leaf.list !== "" && hasValue(leaf.op, leaf);
  if (isSequence(leaf)) {
    return leaf.steps.length >= STEPS_MIN && leaf.steps.every(({ where }) => where === undefined || isComplete(where));
  }
  const named = leaf as { name?: unknown; op?: unknown; value?: unknown; values?: unknown; to?: unknown };
  if (isActivity(leaf)) {
    const needsAttribute = ["sum", "average", "min", "max", "distinct"].includes(leaf.measure ?? "count");
    if (needsAttribute && !leaf.attribute) return false;
    if (leaf.where && !isComplete(leaf.where)) return false;
  } else if (isField(leaf) || isAttribute(leaf) || isCompany(leaf)) {
    if (!named.name) return false;
  } else return true;
  return hasValue(String(named.op ?? ""), named);
}

function hasValue(op: string, leaf: { value?: unknown; values?: unknown; to?: unknown }): boolean {
  const shape = shapeOf(op);
  if (shape === "none") return true;
  if (shape === "many") return Array.isArray(leaf.values) && leaf.values.length > 0;
  if (shape === "range") return isGiven(leaf.value) && isGiven(leaf.to);
  return isGiven(leaf.value);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

export type NewLeaf =
  | "field"
  | "activity"
  | "sequence"
  | "segment"
  | "consent"
  | "subscription"
  | "company"
  | "attribute";

/** A fresh row that already reads as a sentence. */
export function newLeaf(kind: NewLeaf, catalogue: Catalogue, attributes: { name: string; kind: string }[]): Condition {
  if (kind === "activity") {
    const type = catalogue.activityTypes[0]?.name;
    return { fact: "activity", ...(type ? { type } : {}), measure: "count", op: "gte", value: 1, within: "90d" };
  }
  if (kind === "sequence") {
    const type = catalogue.activityTypes[0]?.name;
    const step = type ? { type } : {};
    return { fact: "sequence", steps: [step, step], within: "90d" };
  }
  if (kind === "segment") return { fact: "segment", op: "in" };
  if (kind === "consent") return { fact: "consent", purpose: "", op: "granted" };
  if (kind === "subscription") return { fact: "subscription", list: "", op: "eq", value: "subscribed" };
  if (kind === "company") return { fact: "company", name: "name", op: "eq" };
  if (kind === "attribute") {
    const first = attributes[0];
    return {
      fact: "attribute",
      name: first?.name ?? "",
      op: operatorsFor(first?.kind ?? "text", catalogue)[0] ?? "eq",
    };
  }
  const field = catalogue.fields.find(({ name }) => name === "countryCode") ?? catalogue.fields[0];
  return { fact: "field", name: field?.name ?? "", op: operatorsFor(field?.kind ?? "text", catalogue)[0] ?? "eq" };
}
