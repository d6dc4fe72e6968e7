// What the list shows becomes an order that means the same.
import { expect, test } from "vitest";
import { asListed, columnsOf, isNarrowed, sizeOf } from "./order";

test("columns of the list become columns of a file", () => {
  expect(columnsOf(["name", "email", "field:tier", "segments"])).toEqual([
    "firstname",
    "lastname",
    "email",
    "fields.tier",
    "segments",
  ]);
  expect(columnsOf(["name", "lastname"])).toEqual(["firstname", "lastname"]);
});

test("the question of the list becomes a filter", () => {
  const condition = { fact: "field", name: "city", op: "eq", value: "Wien" };
  const question = {
    q: "ada",
    filter: JSON.stringify(condition),
    segment: [1, 2],
    segmentMode: "any",
    sort: "-id",
    count: true,
  };
  expect(asListed(question)).toEqual({
    sort: "-id",
    filter: { q: "ada", condition, segments: [1, 2], segmentMode: "any", active: null, published: null },
  });
  expect(isNarrowed(asListed(question))).toBe(true);
  expect(isNarrowed(asListed({ sort: "-id", segment: [] }))).toBe(false);
  expect(isNarrowed(asListed({ active: false }))).toBe(true);
});

test("sizes are told in a fitting unit", () => {
  expect(sizeOf(512)).toEqual({ amount: 512, unit: "byte" });
  expect(sizeOf(1536)).toEqual({ amount: 1.5, unit: "kilobyte" });
  expect(sizeOf(3 * 1024 ** 3)).toEqual({ amount: 3, unit: "gigabyte" });
  expect(sizeOf(4096 * 1024 ** 3)).toEqual({ amount: 4096, unit: "gigabyte" });
});
