// Ranges of the dashboard: what is asked for, and where figures lead.
import { expect, test } from "vitest";
import { childrenOf } from "@/conditions/model";
import { activeIn, areKnown, cameAgain, cameFirst, madeIn, madeInAnd, rangeOf } from "./range";

test("both ends, the right way round, are a range of one's own", () => {
  expect(rangeOf({})).toEqual({ days: 30 });
  expect(rangeOf({ days: 365 })).toEqual({ days: 365 });
  expect(rangeOf({ days: 7, from: "2026-02-01", to: "2026-02-28" })).toEqual({ from: "2026-02-01", to: "2026-02-28" });
  expect(rangeOf({ from: "2026-02-28", to: "2026-02-01" })).toEqual({ days: 30 });
  expect(rangeOf({ from: "2026-02-28" })).toEqual({ days: 30 });
});

test("figures lead to the customers of exactly their days", () => {
  const days = { startsAt: "2026-01-31T23:00:00Z", endsAt: "2026-02-28T23:00:00Z" };
  expect(madeIn(days)).toEqual({
    all: [
      {
        fact: "field",
        name: "createdAt",
        op: "between",
        value: "2026-01-31T23:00:00Z",
        to: "2026-02-28T22:59:59.999999Z",
      },
    ],
  });
  expect(madeInAnd(days, areKnown)).toEqual({ all: [expect.objectContaining({ name: "createdAt" }), areKnown] });
  const first = { fact: "activity", type: "order", measure: "first" };
  expect(cameFirst(days, "order")).toEqual({
    all: [{ ...first, op: "between", value: "2026-01-31T23:00:00Z", to: "2026-02-28T22:59:59.999999Z" }],
  });
  expect(cameAgain(days, "order")).toEqual({
    all: [...childrenOf(activeIn(days, "order")), { ...first, op: "before", value: "2026-01-31T23:00:00Z" }],
  });
  expect(activeIn(days, "order")).toEqual({
    all: [
      {
        fact: "activity",
        type: "order",
        within: { from: "2026-01-31T23:00:00Z", to: "2026-02-28T23:00:00Z" },
        op: "gte",
        value: 1,
      },
    ],
  });
});
