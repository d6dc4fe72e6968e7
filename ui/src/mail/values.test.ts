// What a template's form does with its values.
import { expect, test } from "vitest";
import {
  bodyOf,
  inserted,
  languageName,
  newVariant,
  type Spot,
  spotOfProblem,
  type TemplateValues,
  withKind,
} from "./values";

const values: TemplateValues = {
  name: "Welcome",
  kind: "transactional",
  purpose: null,
  list: null,
  subject: "Hello",
  html: "<p>Hello</p>",
  text: "",
  variants: [],
  trackOpens: false,
  trackClicks: false,
  quietHours: "ignore",
  capExempt: true,
};

test("another kind brings what is usual for it, but keeps what was chosen", () => {
  expect(withKind("marketing", values)).toMatchObject({ kind: "marketing", quietHours: "hold", capExempt: false });
  expect(withKind("marketing", { ...values, quietHours: "drop" }).quietHours).toBe("drop");
  const marketing = { ...values, ...withKind("marketing", values), list: "news" };
  expect({ ...marketing, ...withKind("transactional", marketing) }).toEqual(values);
});

test("what was emptied is none", () => {
  expect(bodyOf({ ...values, purpose: " ", list: "" })).toEqual(values);
});

test("another language starts from the template's own words", () => {
  expect(newVariant(values)).toEqual({ language: "", subject: "Hello", html: "<p>Hello</p>", text: "" });
});

test("problems lead to their tab, unless one is in sight", () => {
  const shown: Spot = { variant: null, form: "html" };
  expect(spotOfProblem(["/variants/1/text"], shown)).toEqual({ variant: 1, form: "text" });
  expect(spotOfProblem(["/variants/0/language"], shown)).toEqual({ variant: 0, form: "html" });
  expect(spotOfProblem(["/variants/0/html", "/subject"], shown)).toBeNull();
  expect(spotOfProblem(["/name", "/list", "/variants"], shown)).toBeNull();
});

test("a placeholder goes where the cursor is", () => {
  expect(inserted("Dear ,", "{{ x }}", 5, 5)).toEqual({ text: "Dear {{ x }},", cursor: 12 });
  expect(inserted("Dear NAME,", "{{ x }}", 5, 9)).toEqual({ text: "Dear {{ x }},", cursor: 12 });
});

test("languages have names", () => {
  expect(languageName("de", "en")).toBe("German");
  expect(languageName("no language", "en")).toBeNull();
  expect(languageName("", "en")).toBeNull();
});
