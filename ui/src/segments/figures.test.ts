// The figures of previews and forecasts.
import { expect, test } from "vitest";
import { growth, leavingDays, overlap } from "./figures";

test("nobody anywhere is no division by zero", () => {
  expect(overlap(0, { size: 0, both: 0 })).toEqual({ onlyHere: 0, both: 0, onlyThere: 0, ofHere: 0, ofThere: 0 });
});

test("two sets share some members", () => {
  expect(overlap(40, { size: 100, both: 10 })).toEqual({
    onlyHere: 30,
    both: 10,
    onlyThere: 90,
    ofHere: 0.25,
    ofThere: 0.1,
  });
});

test("days on which nobody leaves are left out, and the rest say who remains", () => {
  const days = [
    { day: "2026-03-01", leaving: 2 },
    { day: "2026-03-02", leaving: 0 },
    { day: "2026-03-03", leaving: 5 },
  ];
  expect(leavingDays({ size: 10, lookedAt: 10, days })).toEqual([
    { day: "2026-03-01", leaving: 2, remaining: 8 },
    { day: "2026-03-03", leaving: 5, remaining: 3 },
  ]);
});

test("what became of a segment is summed up over its days", () => {
  const days = [
    { day: "2026-05-01", size: 5, entered: 5, left: 0 },
    { day: "2026-05-02", size: 4, entered: 1, left: 2 },
  ];
  expect(growth(days)).toEqual({ days: 2, size: 4, entered: 6, left: 2 });
  expect(growth([])).toBeNull();
});
