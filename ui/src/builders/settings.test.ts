// The settings of builders: read from text, and explained by the schema of their kind.
import { expect, test } from "vitest";
import { exampleOf, readSettings, settingsOf } from "./settings";

test("settings are a JSON object or nothing", () => {
  expect(readSettings('{"countries":["AT"]}')).toEqual({ countries: ["AT"] });
  expect(readSettings("{")).toBeUndefined();
  expect(readSettings("[]")).toBeUndefined();
  expect(readSettings("null")).toBeUndefined();
});

test("every kind has a beginning that can be read", () => {
  expect(readSettings(exampleOf("age"))).toHaveProperty("ranges");
  expect(readSettings(exampleOf("term"))).toHaveProperty("terms");
  expect(readSettings(exampleOf("loyalty"))).toEqual({});
});

test("a schema tells the settings there are", () => {
  const settings = { properties: { field: { description: "A field." }, terms: {} }, required: ["terms"] };
  expect(settingsOf({ settings: settings as never })).toEqual([
    { name: "field", description: "A field.", isRequired: false },
    { name: "terms", description: "", isRequired: true },
  ]);
  expect(settingsOf({ settings: {} })).toEqual([]);
});
