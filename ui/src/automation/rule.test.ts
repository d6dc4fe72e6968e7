// Rules: delays, what is sent, and why one did not fire.
import { expect, test } from "vitest";
import type { RuleRun } from "@/api/types";
import { readDelay, writeDelay } from "./delay";
import { isOutdated, refusalsOf } from "./reason";
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
    description: "",
    actions: [{ type: "add_segment", segmentId: 1 }],
  });
});

test("what stood in the way is read from the rule as it was", () => {
  const leaf = { fact: "attribute", name: "amount", op: "gt", value: 50 } as const;
  const rule = { version: 2, condition: { all: [leaf] } };
  const run: RuleRun = {
    id: 1,
    ruleId: 1,
    customerId: 1,
    customerName: null,
    activityId: 1,
    at: "",
    outcome: "condition_not_met",
    why: { version: 2, leaves: [{ path: "/all/0", saw: 12 }] },
  };
  expect(refusalsOf(run, rule)).toEqual([{ leaf, saw: 12 }]);
  const unwanted = { ...rule, condition: { all: [{ not: leaf }] } };
  const found = { ...run, why: { version: 2, leaves: [{ path: "/all/0/not", saw: 60 }] } };
  expect(refusalsOf(found, unwanted)).toEqual([{ leaf: { not: leaf }, saw: 60 }]);
  expect(isOutdated(run, rule)).toBe(false);
  expect(refusalsOf(run, { ...rule, version: 3 })).toEqual([]);
  expect(isOutdated(run, { version: 3 })).toBe(true);
  expect(refusalsOf({ ...run, why: {} }, rule)).toEqual([]);
});
