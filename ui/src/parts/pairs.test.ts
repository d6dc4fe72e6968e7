// Loose values are told as short pairs, changes as before and after.
import { expect, test } from "vitest";
import { pairsOf } from "./pairs";

test("nested members get dotted names, lists become one text", () => {
  expect(pairsOf({ amount: 12.5, address: { city: "Wien" }, tags: ["a", "b"], paid: true, note: null })).toEqual([
    { name: "amount", value: 12.5 },
    { name: "address.city", value: "Wien" },
    { name: "tags", value: "a, b" },
    { name: "paid", value: true },
    { name: "note", value: null },
  ]);
});

test("a pointer with two values is a change", () => {
  expect(pairsOf({ "/lastname": ["Byron", "King"], "/fields/tier": [null, "gold"] })).toEqual([
    { name: "lastname", value: "Byron → King" },
    { name: "fields.tier", value: "– → gold" },
  ]);
});

test("records within records are not taken apart without end", () => {
  expect(pairsOf({ actions: [{ type: "a" }, { type: "b" }], condition: { not: { fact: "segment" } } })).toEqual([
    { name: "actions", value: 2 },
    { name: "condition.not", value: "…" },
  ]);
});

test("nothing stays nothing, much is cut", () => {
  expect(pairsOf(null)).toEqual([]);
  expect(pairsOf({ empty: [], object: {} })).toEqual([]);
  expect(pairsOf(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`k${index}`, index])))).toHaveLength(24);
  expect(String(pairsOf({ long: "x".repeat(500) })[0]?.value)).toHaveLength(201);
});
