// Which placeholders are offered.
import { expect, test } from "vitest";
import { matching, placeholdersOf } from "./placeholder-list";

const all = placeholdersOf({
  fields: [
    { name: "firstname", label: "First name", isBuiltIn: true },
    { name: "tier", label: "Tier", isBuiltIn: false },
  ],
  attributes: ["amount", "sku", "amount", "odd name"],
  links: ["summer sale", "it's on"],
  wordOf: (name) => name,
});
const codes = all.flatMap(({ placeholders }) => placeholders.map(({ code }) => code));

test("each is written as templates write it", () => {
  expect(codes).toContain("{{ customer.firstname }}");
  expect(codes).toContain("{{ customer.fields.tier }}");
  expect(codes).toContain("{{ links.unsubscribe }}");
  expect(codes).toContain("{{ link('summer sale') }}");
  expect(codes).toContain("{{ link('it\\'s on') }}");
});

test("attributes are offered once, and only those that can be written", () => {
  const attributes = codes.filter((code) => code.includes("attributes"));
  expect(attributes).toEqual(["{{ activity.attributes.amount }}", "{{ activity.attributes.sku }}"]);
});

test("typing narrows them", () => {
  const found = matching(all, " TIER ");
  expect(found).toEqual([{ group: "fields", placeholders: [{ code: "{{ customer.fields.tier }}", label: "Tier" }] }]);
  expect(matching(all, "nothing like it")).toEqual([]);
});
