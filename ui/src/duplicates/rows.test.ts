// What is compared of two customers, and where the eye goes next.
import { expect, test } from "vitest";
import type { Customer } from "@/api/types";
import { comparedRows, externalRows, nextAfter } from "./rows";

const one = { id: 1, firstname: "Anna", zip: "5020", city: "Salzburg", countryCode: "AT", fields: { card: "7" } };
const other = { id: 2, firstname: "Ana", fields: {}, externalIds: { shop: "9" } };
const two = [one, other] as unknown as [Customer, Customer];

test("fields with a value or a reason are rows, custom ones too", () => {
  const reasons = [
    { field: "firstname", level: "close", bits: 4 },
    { field: "fields.card", level: "different", bits: -1 },
  ];
  expect(comparedRows(two, reasons)).toEqual([
    { field: "firstname", values: ["Anna", "Ana"], reason: reasons[0] },
    { field: "place", values: ["5020 Salzburg, AT", ""], reason: undefined },
    { field: "fields.card", values: ["7", ""], reason: reasons[1] },
  ]);
});

test("ids of other systems", () => {
  expect(externalRows(two)).toEqual([{ system: "shop", values: ["", "9"] }]);
});

test("after one has gone the next one is looked at", () => {
  expect(nextAfter([1, 2, 3], 2)).toBe(3);
  expect(nextAfter([1, 2, 3], 3)).toBe(2);
  expect(nextAfter([1], 1)).toBeUndefined();
});
