// Figures of the dashboard: changes against before, and round steps for the axis.
import { expect, test } from "vitest";
import { changeOf } from "./change";
import { niceSteps } from "./scale";

test("changes are shares of what was before", () => {
  expect(changeOf(150, 100)).toBe(0.5);
  expect(changeOf(0, 100)).toBe(-1);
  expect(changeOf(7, 0)).toBeNull();
});

test("the axis ends at a round number above everything", () => {
  expect(niceSteps(0)).toEqual([0, 1]);
  expect(niceSteps(3)).toEqual([0, 1, 2, 3]);
  expect(niceSteps(245)).toEqual([0, 100, 200, 300]);
  expect(niceSteps(4)).toEqual([0, 1, 2, 3, 4]);
  expect(niceSteps(12_000).at(-1)).toBe(15_000);
});
