// Addresses are read without trust: what fits is kept, the rest is as if it were not there.
import { expect, test } from "vitest";
import { customersSearch, dashboardSearch, segmentSearch } from "./searches";

test("filters of the customer list", () => {
  const filter = { all: [{ fact: "segment", id: 1 }] };
  expect(customersSearch({ q: "ada", segments: ["1", 2, "x"], mode: "any", active: false, filter })).toMatchObject({
    q: "ada",
    segments: [1, 2],
    mode: "any",
    active: false,
    filter,
  });
  expect(customersSearch({ q: "", segments: "nonsense", mode: "some", active: "yes", filter: "{" })).toEqual({
    q: undefined,
    fields: undefined,
    sort: undefined,
    segments: undefined,
    mode: undefined,
    active: undefined,
    filter: undefined,
  });
  expect(customersSearch({ fields: ["city", "", {}] }).fields).toEqual(["city"]);
  expect(customersSearch({ q: 4711 }).q).toBe("4711");
});

test("choices out of a few", () => {
  expect(dashboardSearch({ days: "90" }).days).toBe(90);
  expect(dashboardSearch({ days: 31 }).days).toBeUndefined();
  expect(segmentSearch({ tab: "members" }).tab).toBe("members");
});
