// Whose value a field gets.
import { expect, test } from "vitest";
import type { MergedField } from "@/api/types";
import { sorted, swapped, withPick } from "./picks";

test("an address is picked as a whole, and given back as a whole", () => {
  const picked = withPick({ firstname: "other" }, "city", "other");
  expect(picked).toEqual({ firstname: "other", street: "other", zip: "other", city: "other", countryCode: "other" });
  expect(withPick(picked, "zip", null)).toEqual({ firstname: "other" });
});

test("seen from the other customer, the same values are picked", () => {
  expect(swapped({ email: "other", phone: "survivor" })).toEqual({ email: "survivor", phone: "other" });
});

test("only what differs asks for a decision", () => {
  const field = (name: string, survivor: unknown, other: unknown): MergedField => ({
    name,
    survivor,
    other,
    value: survivor,
    from: "survivor",
  });
  const { differing, same } = sorted([field("tags", ["a"], ["a"]), field("city", null, "Graz")]);
  expect([differing.map(({ name }) => name), same.map(({ name }) => name)]).toEqual([["city"], ["tags"]]);
});
