// Rules: delays, what is sent, and why one did not fire.
import { expect, test } from "vitest";
import { readDelay, writeDelay } from "./delay";
import { firstObstacle, reasonOf } from "./reason";
import { bodyOf, emptyRule } from "./values";

test("delays", () => {
  expect(readDelay("2m")).toEqual({ count: 2, unit: "m" });
  expect(readDelay("soon")).toBeNull();
  expect(readDelay(null)).toBeNull();
  expect(writeDelay({ count: 3, unit: "d" })).toBe("3d");
  expect(writeDelay({ count: 0, unit: "d" })).toBeNull();
});

test("no condition and no delay are not sent as empty ones", () => {
  const body = bodyOf({ ...emptyRule, name: "A", actions: [{ type: "add_segment", segmentId: 1, delay: null }] });
  expect(body).toMatchObject({
    name: "A",
    condition: null,
    description: null,
    actions: [{ type: "add_segment", segmentId: 1 }],
  });
});

test("the innermost part that failed is the obstacle", () => {
  const amount = { condition: { fact: "attribute", name: "amount", op: "gt", value: 50 }, matches: false, saw: 12 };
  const tree = { condition: { all: [] }, matches: false, children: [{ condition: {}, matches: true }, amount] };
  expect(reasonOf({ condition: tree, note: "x" })).toEqual({ tree, rest: { note: "x" } });
  expect(reasonOf(tree).tree).toBe(tree);
  expect(reasonOf(null)).toEqual({ tree: null, rest: {} });
  expect(firstObstacle(tree)).toBe(amount);
  expect(firstObstacle({ ...tree, matches: true })).toBeNull();
});
