// Stretches follow one another from the first activity until now.
import { expect, test } from "vitest";
import { stretchesOf } from "./stretches";

test("the time is cut into as many stretches as there are counts", () => {
  const density = { from: "2026-03-01T12:00:00Z", until: "2026-03-02T12:00:00Z", counts: [2, 0, 1] };
  expect(stretchesOf(density)).toEqual([
    { from: "2026-03-01T12:00:00.000Z", to: "2026-03-01T20:00:00.000Z", count: 2 },
    { from: "2026-03-01T20:00:00.000Z", to: "2026-03-02T04:00:00.000Z", count: 0 },
    { from: "2026-03-02T04:00:00.000Z", to: "2026-03-02T12:00:00.000Z", count: 1 },
  ]);
});

test("who did nothing has none", () => {
  expect(stretchesOf({ from: "2026-03-01T12:00:00Z", until: "2026-03-01T12:00:00Z", counts: [] })).toEqual([]);
});
