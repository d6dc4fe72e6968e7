// A builder as form and as text: the same settings, and a change only where they differ.
import { expect, test } from "vitest";
import { asForm, asText, missingOf, sentOf, settingsIn, valuesFrom } from "./values";

const saved = valuesFrom("age", "Age", {});

test("looking at the other side is no change", () => {
  expect(sentOf(asText(saved))).toEqual(sentOf(saved));
  const back = asForm(asText(saved));
  expect(back && sentOf(back)).toEqual(sentOf(saved));
});

test("a changed text is a change, and goes back into the form", () => {
  const changed = { ...asText(saved), text: '{"ranges":[{"from":3}]}' };
  expect(sentOf(changed)).not.toEqual(sentOf(saved));
  expect(asForm(changed)?.settings).toMatchObject({ ranges: [{ from: 3, to: "", name: "" }] });
});

test("a text the form cannot show stays text", () => {
  expect(asForm({ ...asText(saved), text: "{" })).toBeNull();
  expect(asForm({ ...asText(saved), text: '{"years":1}' })).toBeNull();
  expect(settingsIn({ ...asText(saved), text: "{" })).toBeUndefined();
  expect(valuesFrom("loyalty", "Tiers", { gold: 1 })).toMatchObject({ settings: null, text: '{\n  "gold": 1\n}' });
});

test("only a form has places that are missing", () => {
  const empty = valuesFrom("state", "State", { countries: [] });
  expect(missingOf(empty)).toEqual(["/countries"]);
  expect(missingOf(asText(empty))).toEqual([]);
});
