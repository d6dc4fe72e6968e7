// Which comparisons fit which kind of value, and what each wants to be compared with.
import type { Catalogue } from "@/api/types";

export type ValueShape = "none" | "one" | "many" | "range" | "span" | "number";

const TEXT = "eq ne in not_in contains not_contains starts_with ends_with matches set not_set".split(" ");
const NUMBER = "eq ne lt lte gt gte between set not_set".split(" ");
const DAY =
  "before after on between within_last within_next older_than anniversary_within age_gte age_lt set not_set".split(" ");
const MOMENT = "before after on between within_last within_next older_than set not_set".split(" ");
const LIST = "has has_any has_all empty".split(" ");
const builtIn: Record<string, string[]> = {
  text: TEXT,
  number: NUMBER,
  boolean: ["eq"],
  date: DAY,
  datetime: MOMENT,
  select: ["eq", "ne", "in", "not_in", "set", "not_set"],
  multiselect: LIST,
  list: LIST,
  json: ["set", "not_set"],
};
/** Comparisons this app has no input for; the server knows them, and trees that use them keep them. */
const unoffered = new Set(["modulo"]);

export function operatorsFor(kind: string, catalogue?: Pick<Catalogue, "operators">): string[] {
  const fromServer = catalogue?.operators[kind] ?? catalogue?.operators[kind === "multiselect" ? "list" : kind];
  return (fromServer ?? builtIn[kind] ?? TEXT).filter((op) => !unoffered.has(op));
}

/** Whether values are whole ones, to be chosen among those there are, not parts or patterns of them. */
export function takesWhole(op: string): boolean {
  return !["contains", "not_contains", "starts_with", "ends_with", "matches"].includes(op);
}

export const countOperators = ["gte", "lte", "eq", "gt", "lt", "between"];

export function shapeOf(op: string): ValueShape {
  if (op === "set" || op === "not_set" || op === "empty") return "none";
  if (op === "in" || op === "not_in" || op === "has_any" || op === "has_all") return "many";
  if (op === "between") return "range";
  if (op === "within_last" || op === "within_next" || op === "older_than" || op === "anniversary_within") return "span";
  if (op === "age_gte" || op === "age_lt") return "number";
  return "one";
}

/** Values of one shape mean nothing in another, so a change of shape starts empty. */
export function withOperator<T extends object>(leaf: T, op: string): T {
  const before = shapeOf(String((leaf as { op?: string }).op ?? ""));
  const after = shapeOf(op);
  if (before === after) return { ...leaf, op };
  const { value: _, values: __, to: ___, ...kept } = leaf as T & { value?: unknown; values?: unknown; to?: unknown };
  const start = after === "span" ? { value: "30d" } : after === "many" ? { values: [] } : {};
  return { ...kept, op, ...start } as unknown as T;
}
