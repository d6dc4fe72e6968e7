// Rows are moved as one reads them: past rows, into groups, out of groups, with their "not"; and doubled.
import { expect, test } from "vitest";
import { valueAt } from "@/api/pointer";
import { dropped, duplicated, shifted, whole } from "./moves";
import type { Condition } from "./types";

const row = (name: string): Condition => ({ fact: "field", name, op: "set" });
const [a, b, c, d] = ["a", "b", "c", "d"].map(row) as [Condition, Condition, Condition, Condition];

test("a row goes past its neighbour, and not past the ends", () => {
  expect(shifted({ all: [a, b] }, "/all/0", 1)).toEqual({ tree: { all: [b, a] }, pointer: "/all/1" });
  expect(shifted({ any: [a, b] }, "/any/1", -1)).toEqual({ tree: { any: [b, a] }, pointer: "/any/0" });
  expect(shifted({ all: [a, b] }, "/all/0", -1)).toBeNull();
  expect(shifted({ all: [a, b] }, "/all/1", 1)).toBeNull();
});

test("a group beside it is entered at its near end", () => {
  const tree: Condition = { all: [a, { any: [b, c] }, d] };
  expect(shifted(tree, "/all/0", 1)).toEqual({ tree: { all: [{ any: [a, b, c] }, d] }, pointer: "/all/0/any/0" });
  expect(shifted(tree, "/all/2", -1)).toEqual({ tree: { all: [a, { any: [b, c, d] }] }, pointer: "/all/1/any/2" });
});

test("at the end of a group it goes out of it", () => {
  const tree: Condition = { all: [a, { any: [b, c] }, d] };
  expect(shifted(tree, "/all/1/any/0", -1)).toEqual({ tree: { all: [a, b, { any: [c] }, d] }, pointer: "/all/1" });
  expect(shifted(tree, "/all/1/any/1", 1)).toEqual({ tree: { all: [a, { any: [b] }, c, d] }, pointer: "/all/2" });
});

test("a not goes with its row, and a negated group is entered too", () => {
  const tree: Condition = { all: [{ not: a }, { not: { any: [b] } }] };
  const entered = { all: [{ not: { any: [{ not: a }, b] } }] };
  expect(shifted(tree, "/all/0/not", 1)).toEqual({ tree: entered, pointer: "/all/0/not/any/0" });
  const left = shifted(entered, "/all/0/not/any/0/not", -1);
  expect(left).toEqual({ tree, pointer: "/all/0" });
  expect(whole("/all/0/not")).toBe("/all/0");
});

test("rows that read the same are told apart", () => {
  const twin = structuredClone(a);
  const placed = shifted({ all: [a, b, twin] }, "/all/2", -1);
  expect(placed).toEqual({ tree: { all: [a, twin, b] }, pointer: "/all/1" });
});

test("a row is dropped before the row that is there, in its own group and in another", () => {
  const tree: Condition = { all: [a, { any: [b, c] }, d] };
  expect(dropped(tree, "/all/0", "", 3)).toEqual({ tree: { all: [{ any: [b, c] }, d, a] }, pointer: "/all/2" });
  expect(dropped(tree, "/all/2", "", 0)).toEqual({ tree: { all: [d, a, { any: [b, c] }] }, pointer: "/all/0" });
  const entered = { all: [{ any: [b, a, c] }, d] };
  expect(dropped(tree, "/all/0", "/all/1", 1)).toEqual({ tree: entered, pointer: "/all/0/any/1" });
  expect(dropped(tree, "/all/1/any/0", "", 0)).toEqual({ tree: { all: [b, a, { any: [c] }, d] }, pointer: "/all/0" });
});

test("a negated group goes as a whole, and is dropped into", () => {
  const tree: Condition = { all: [a, { not: { any: [b] } }] };
  expect(dropped(tree, "/all/1/not", "", 0)).toEqual({ tree: { all: [{ not: { any: [b] } }, a] }, pointer: "/all/0" });
  expect(dropped(tree, "/all/0", "/all/1/not", 1)).toEqual({
    tree: { all: [{ not: { any: [b, a] } }] },
    pointer: "/all/0/not/any/1",
  });
});

test("a row that would stay where it is or come into itself is not dropped", () => {
  const tree: Condition = { all: [a, { not: { any: [b, { all: [c] }] } }] };
  expect(dropped(tree, "/all/0", "", 0)).toBeNull();
  expect(dropped(tree, "/all/0", "", 1)).toBeNull();
  expect(dropped(tree, "/all/1", "/all/1/not", 0)).toBeNull();
  expect(dropped(tree, "/all/1/not", "/all/1/not/any/1", 1)).toBeNull();
});

test("a double stands below its original and shares nothing with it", () => {
  const tree: Condition = { all: [a, { not: { any: [b] } }] };
  const placed = duplicated(tree, "/all/1/not");
  expect(placed).toEqual({ tree: { all: [a, { not: { any: [b] } }, { not: { any: [b] } }] }, pointer: "/all/2" });
  expect(valueAt(placed?.tree, "/all/2")).not.toBe(valueAt(tree, "/all/1"));
});

test("a tree that is as large as may be does not grow", () => {
  expect(duplicated({ all: Array.from({ length: 299 }, () => structuredClone(a)) }, "/all/0")).toBeNull();
});
