// The settings of builders: read from text, and explained by the schema of their kind.
import { expect, test } from "vitest";
import { formOf } from "./forms";
import { exampleOf, readSettings, settingsOf } from "./settings";

test("settings are a JSON object or nothing", () => {
  expect(readSettings('{"countries":["AT"]}')).toEqual({ countries: ["AT"] });
  expect(readSettings("{")).toBeUndefined();
  expect(readSettings("[]")).toBeUndefined();
  expect(readSettings("null")).toBeUndefined();
});

test("every kind has a beginning, with a form where it has one", () => {
  for (const kind of ["age", "gender", "state", "term"]) expect(formOf(kind, exampleOf(kind)), kind).not.toBeNull();
  expect(exampleOf("loyalty")).toEqual({});
});

test("a schema tells the settings there are", () => {
  const settings = { properties: { field: { description: "A field." }, terms: {} }, required: ["terms"] };
  expect(settingsOf({ settings: settings as never })).toEqual([
    { name: "field", description: "A field.", isRequired: false },
    { name: "terms", description: "", isRequired: true },
  ]);
  expect(settingsOf({ settings: {} })).toEqual([]);
});
