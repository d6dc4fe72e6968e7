// Figures of the dashboard: changes against before.
import { expect, test } from "vitest";
import { changeOf } from "./change";
import { movers } from "./movers";

test("changes are shares of what was before", () => {
  expect(changeOf(150, 100)).toBe(0.5);
  expect(changeOf(0, 100)).toBe(-1);
  expect(changeOf(7, 0)).toBeNull();
});

test("segments that moved most are shown, in their order", () => {
  const segment = (id: number, entered: number, left: number) => ({ id, entered, left });
  const all = [segment(1, 0, 0), segment(2, 1, 9), segment(3, 5, 0), segment(4, 2, 0)];
  expect(movers(all, 2).map(({ id }) => id)).toEqual([2, 3]);
  expect(movers(all, 10)).toEqual(all);
});
