// Figures of the dashboard: changes against before.
import { expect, test } from "vitest";
import { changeOf } from "./change";

test("changes are shares of what was before", () => {
  expect(changeOf(150, 100)).toBe(0.5);
  expect(changeOf(0, 100)).toBe(-1);
  expect(changeOf(7, 0)).toBeNull();
});
