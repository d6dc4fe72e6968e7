// The figures of the parts of a condition.
import { expect, test } from "vitest";
import type { Condition } from "@/api/types";
import { waterfall } from "./parts";

const tree: Condition = { all: [{ fact: "segment", id: 1 }, { not: { fact: "segment", id: 2 } }] };

test("each part says how many it leaves and how many it took", () => {
  const steps = waterfall(tree, [
    { path: "/all/0", count: 80 },
    { path: "/all/1", count: 20 },
  ]);
  expect(steps.map(({ count, change, share }) => [count, change, share])).toEqual([
    [80, null, 1],
    [20, -60, 0.25],
  ]);
  expect(steps[1]?.part).toEqual({ not: { fact: "segment", id: 2 } });
});

test("parts of which one suffices bring customers, and the last one reaches most", () => {
  const steps = waterfall({ any: [] }, [
    { path: "/any/0", count: 10 },
    { path: "/any/1", count: 40 },
  ]);
  expect(steps.map(({ change, share }) => [change, share])).toEqual([
    [null, 0.25],
    [30, 1],
  ]);
});

test("nobody anywhere is no division by zero", () => {
  expect(waterfall(tree, [{ path: "/all/0", count: 0 }])[0]?.share).toBe(0);
});
