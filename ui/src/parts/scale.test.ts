// Round steps for the axis of a chart.
import { expect, test } from "vitest";
import { niceSteps } from "./scale";

test("the axis ends at a round number above everything", () => {
  expect(niceSteps(0)).toEqual([0, 1]);
  expect(niceSteps(3)).toEqual([0, 1, 2, 3]);
  expect(niceSteps(245)).toEqual([0, 100, 200, 300]);
  expect(niceSteps(4)).toEqual([0, 1, 2, 3, 4]);
  expect(niceSteps(12_000).at(-1)).toBe(15_000);
});
