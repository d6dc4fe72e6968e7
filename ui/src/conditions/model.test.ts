// The builder's edits: every one gives a tree the server takes, and touches nothing beside its place.
import { expect, test } from "vitest";
import {
  added,
  asGroup,
  childPointer,
  isComplete,
  leavesOf,
  negated,
  newLeaf,
  nodeCount,
  removed,
  withMode,
} from "./model";
import { withOperator } from "./operators";
import { type Condition, misplaced } from "./types";

const inAustria: Condition = { fact: "field", name: "countryCode", op: "eq", value: "AT" };
const ordered: Condition = { fact: "activity", type: "order", op: "gte", value: 3, within: "90d" };
const inPress: Condition = { fact: "segment", op: "in", id: 4 };
const tree: Condition = { all: [ordered, { any: [inAustria, { not: inPress }] }] };

test("a tree without a group gets one, so that rows can be added", () => {
  expect(asGroup(null)).toEqual({ all: [] });
  expect(asGroup(inAustria)).toEqual({ all: [inAustria] });
  expect(asGroup({ not: inAustria })).toEqual({ all: [{ not: inAustria }] });
  expect(asGroup(tree)).toBe(tree);
});

test("rows are added to the group they were asked for", () => {
  expect(added(tree, "", inPress)).toEqual({ all: [ordered, { any: [inAustria, { not: inPress }] }, inPress] });
  expect(added(tree, "/all/1", ordered)).toEqual({ all: [ordered, { any: [inAustria, { not: inPress }, ordered] }] });
});

test("a row is removed with the negation around it", () => {
  expect(removed(tree, "/all/0")).toEqual({ all: [{ any: [inAustria, { not: inPress }] }] });
  expect(removed(tree, "/all/1/any/1")).toEqual({ all: [ordered, { any: [inAustria] }] });
  expect(removed(tree, "/all/1/any/1/not")).toEqual({ all: [ordered, { any: [inAustria] }] });
});

test("a group keeps its rows when it is joined the other way", () => {
  expect(withMode({ all: [ordered, inPress] }, "any")).toEqual({ any: [ordered, inPress] });
});

test("negating twice changes nothing", () => {
  expect(negated(inPress)).toEqual({ not: inPress });
  expect(negated(negated(inPress))).toEqual(inPress);
});

test("leaves are found at the places the server counts them by", () => {
  expect(leavesOf(tree).map(({ pointer }) => pointer)).toEqual(["/all/0", "/all/1/any/0", "/all/1/any/1/not"]);
  expect(childPointer("/all/1", { any: [] }, 2)).toBe("/all/1/any/2");
  expect(nodeCount(tree)).toBe(6);
});

test("half-written rows are noticed", () => {
  complete(tree, true);
  complete({ all: [] }, true);
  complete({ fact: "segment", op: "in" }, false);
  complete({ fact: "field", name: "city", op: "eq" }, false);
  complete({ fact: "field", name: "city", op: "eq", value: "" }, false);
  complete({ fact: "field", name: "city", op: "set" }, true);
  complete({ fact: "field", name: "city", op: "in", values: [] }, false);
  complete({ fact: "field", name: "age", op: "between", value: 1 }, false);
  complete({ fact: "field", name: "age", op: "between", value: 0, to: 9 }, true);
  complete({ fact: "activity", measure: "sum", op: "gte", value: 1 }, false);
  complete({ fact: "activity", measure: "sum", attribute: "amount", op: "gte", value: 1 }, true);
  complete(
    { fact: "activity", op: "gte", value: 1, where: { all: [{ fact: "attribute", name: "", op: "eq" }] } },
    false,
  );
  complete({ fact: "consent", purpose: "newsletter" }, true);

  function complete(condition: Condition, expected: boolean) {
    expect(isComplete(condition), JSON.stringify(condition)).toBe(expected);
  }
});

test("another comparison keeps the value only where it still means something", () => {
  const leaf = { fact: "field", name: "age", op: "eq", value: 3 };
  expect(withOperator(leaf, "gt")).toEqual({ ...leaf, op: "gt" });
  expect(withOperator(leaf, "set")).toEqual({ fact: "field", name: "age", op: "set" });
  expect(withOperator(leaf, "in")).toEqual({ fact: "field", name: "age", op: "in", values: [] });
  expect(withOperator(leaf, "within_last")).toEqual({ fact: "field", name: "age", op: "within_last", value: "30d" });
});

test("a fresh activity row is complete, a fresh segment row waits for its segment", () => {
  const catalogue = {
    fields: [],
    companyFields: [],
    activityTypes: [{ name: "order", label: "Order", attributes: [] }],
    segments: [],
    operators: {},
  };
  expect(isComplete(newLeaf("activity", catalogue, []))).toBe(true);
  expect(isComplete(newLeaf("segment", catalogue, []))).toBe(false);
});

test("a condition written by hand is one, or says where it is not", () => {
  expect(misplaced(tree)).toBeNull();
  expect(misplaced({ fact: "weather", whatever: [] })).toBeNull();
  expect(misplaced([])).toBe("");
  expect(misplaced({ op: "eq" })).toBe("");
  expect(misplaced({ all: [inAustria, { any: inPress }] })).toBe("/all/1/any");
  expect(misplaced({ all: [{ not: { any: [inPress, 3] } }] })).toBe("/all/0/not/any/1");
});

test("rows of every kind say when they are complete", () => {
  const catalogue = { fields: [], companyFields: [], activityTypes: [], segments: [], operators: {} };
  const fresh = (kind: Parameters<typeof newLeaf>[0]) => isComplete(newLeaf(kind, catalogue, []));
  expect([fresh("sequence"), fresh("consent"), fresh("subscription"), fresh("company")]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(isComplete({ fact: "consent", purpose: "mail", op: "granted" })).toBe(true);
  expect(isComplete({ fact: "subscription", list: "news", op: "in", values: [] })).toBe(false);
  expect(isComplete({ fact: "segment", id: 4, counter: { op: "between", value: 1 } })).toBe(false);
  expect(isComplete({ fact: "company", name: "name", op: "eq", value: "Regulars" })).toBe(true);
  const unnamed: Condition = { fact: "attribute", name: "", op: "set" };
  expect(isComplete({ fact: "sequence", steps: [{}, { where: unnamed }] })).toBe(false);
});
