// Customers: their name on one line, their form's values, their timeline's filter.
import { expect, test } from "vitest";
import type { Field, TimelineItem } from "@/api/types";
import { customerName } from "./name";
import { countryName, countryNames } from "./places";
import { fits } from "./timeline";
import { cleaned, given, valuesOf } from "./values";

const fields = [{ name: "tier" }, { name: "interests" }] as Field[];

test("the best name there is", () => {
  expect(customerName({ id: 1, firstname: "Ada", lastname: "Byron" })).toBe("Ada Byron");
  expect(customerName({ id: 1, lastname: "Byron", email: "a@b.c" })).toBe("Byron");
  expect(customerName({ id: 1, email: "a@b.c" })).toBe("a@b.c");
  expect(customerName({ id: 1 })).toBe("#1");
});

test("every field has its place in the form, so that problems find it", () => {
  expect(valuesOf(null, fields).fields).toEqual({ tier: null, interests: null });
});

test("emptied inputs are nothing, and nothing is not sent for somebody new", () => {
  const values = { ...valuesOf(null, fields), email: "a@b.c", city: "", fields: { tier: "", interests: [] } };
  expect(cleaned(values)).toMatchObject({ city: null, fields: { tier: null, interests: null } });
  expect(given(values)).toEqual({ email: "a@b.c", active: true, published: true, profilingConsent: false, fields: {} });
});

test("the timeline is narrowed by kind and by words in it", () => {
  const item: TimelineItem = { at: "", kind: "activity", id: 1, title: "Order", detail: { coupon: "SPRING" } };
  expect(fits(item, [], "")).toBe(true);
  expect(fits(item, ["mail"], "")).toBe(false);
  expect(fits(item, ["activity"], "spring")).toBe(true);
  expect(fits(item, [], "winter")).toBe(false);
});

test("countries in the reader's language; unknown codes are kept", () => {
  expect(countryName("AT", "de")).toBe("Österreich");
  expect(countryName("Atlantis", "de")).toBe("Atlantis");
  expect(countryNames("en", "XX").some(({ value }) => value === "XX")).toBe(true);
});
