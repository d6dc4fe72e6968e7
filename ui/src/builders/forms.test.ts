// Forms of builders: what they read, what they write, what is missing, and where problems belong.
import { expect, test } from "vitest";
import { exists } from "@/api/pointer";
import {
  type AgeForm,
  type Form,
  formOf,
  type GenderForm,
  missingIn,
  phrasesIn,
  placeInForm,
  regionsByCountry,
  repeatedValues,
  settingsFrom,
  type TermForm,
  termWith,
} from "./forms";

const again = (kind: string, settings: Record<string, unknown>) => {
  const form = formOf(kind, settings);
  return form && settingsFrom(kind, form);
};

test("settings come out of a form as they went in", () => {
  check("age", { field: "birthDate", ranges: [{ from: 0, to: 17, name: "Young" }, { from: 18 }] });
  check("gender", { field: "sex", mapping: { m: "Men", f: "Women" }, notSet: null });
  check("gender", { field: "gender", mapping: { m: "Men" }, notSet: "Unknown" });
  check("state", {});
  check("state", { countries: ["CH", "AT"] });
  check("term", { source: { field: "city" }, terms: [{ term: "V", phrases: ["wien", "/^vi/"] }], matching: "first" });
  const activity = { type: "order", attribute: "item.category", within: "365d" };
  check("term", { source: { activity }, terms: [], matching: "every" });

  function check(kind: string, settings: Record<string, unknown>) {
    expect(again(kind, settings)).toEqual(settings);
  }
});

test("what is absent is written out as the server understands it", () => {
  const ages = again("age", {}) as { field: string; ranges: object[] };
  expect(ages.field).toBe("birthDate");
  expect(ages.ranges).toHaveLength(11);
  expect(ages.ranges[3]).toEqual({ from: 18, to: 25 });
  expect(again("gender", {})).toEqual({
    field: "gender",
    mapping: { male: "male", female: "female" },
    notSet: "not-set",
  });
  expect(again("term", { source: { field: "city" }, terms: [{ term: "V", phrases: ["/wien/iu"] }] })).toMatchObject({
    terms: [{ term: "V", phrases: ["/wien/"] }],
    matching: "every",
  });
});

test("what a form cannot show is left to JSON", () => {
  check("loyalty", {});
  check("age", { ranges: [{ from: "0" }] });
  check("age", { ranges: [], years: 1 });
  check("gender", { mapping: ["male"] });
  check("gender", { mapping: { male: 1 } });
  check("state", { countries: [7] });
  check("term", { source: { field: "city", more: 1 }, terms: [] });
  check("term", { source: { activity: { type: "order", attribute: "x", within: "P1DT12H" } }, terms: [] });
  check("term", { source: { field: "city" }, terms: [{ term: "V", phrases: [1] }] });
  check("term", { source: { field: "city" }, terms: [], matching: "last" });
  expect(formOf("age", undefined)).toBeNull();

  function check(kind: string, settings: Record<string, unknown>) {
    expect(formOf(kind, settings), JSON.stringify(settings)).toBeNull();
  }
});

test("what is not filled in has a place in the form", () => {
  check("age", { field: "birthDate", ranges: [{ from: "", to: 3, name: "" }] }, ["/ranges/0/from"]);
  const gender: GenderForm = { field: "g", mapping: [{ value: "m", segment: " " }], hasRest: true, notSet: "" };
  check("gender", gender, ["/mapping/0/segment", "/notSet"]);
  check("gender", { ...gender, mapping: [{ value: "m", segment: "Men" }], hasRest: false }, []);
  const twice = ["m", " m"].map((value) => ({ value, segment: "Men" }));
  check("gender", { ...gender, mapping: twice, notSet: "x" }, ["/mapping/1/value"]);
  check("state", { isAll: false, countries: [] }, ["/countries"]);
  const term = formOf("term", {
    terms: [
      { term: "", phrases: ["x", " ", "y", ""] },
      { term: "B", phrases: [] },
    ],
  }) as TermForm;
  check("term", term, ["/source/field", "/terms/0/term", "/terms/0/phrases/1", "/terms/1/phrases"]);
  const blank = { term: "C", phrases: phrasesIn("").concat({ isPattern: true, text: "" }) };
  check("term", { ...term, source: { ...term.source, field: "city" }, terms: [blank] }, ["/terms/0/phrases/0"]);
  check("term", { ...term, from: "activity", terms: [] }, ["/source/activity/type", "/source/activity/attribute"]);

  function check(kind: string, form: Form, places: string[]) {
    expect(missingIn(kind, form)).toEqual(places);
    for (const place of places) expect(exists(form, place), place).toBe(true);
  }
});

test("an input that waits for a next phrase is not sent", () => {
  const terms = [{ term: "V", phrases: ["wien", ""] }];
  expect(again("term", { source: { field: "city" }, terms })).toMatchObject({
    terms: [{ term: "V", phrases: ["wien"] }],
  });
});

test("a problem of a mapped value belongs to its row", () => {
  const form = formOf("gender", { mapping: { M: "a", "m/": "b" } }) as GenderForm;
  expect(placeInForm(form, "/mapping/m~1")).toBe("/mapping/1/value");
  expect(placeInForm(form, "/notSet")).toBe("/notSet");
  const age = formOf("age", {}) as AgeForm;
  expect(placeInForm(age, "/ranges/2/to")).toBe("/ranges/2/to");
});

test("of values that stand twice the later ones are told", () => {
  const row = (value: string) => ({ value, segment: "x" });
  expect(repeatedValues([row("m"), row(" m"), row("f"), row(""), row("")])).toEqual(new Set([1]));
});

test("regions stand under their countries", () => {
  const found = regionsByCountry(["AT - Wien", "CH - Bern - Oberland", "AT - Tirol"]);
  expect([...found]).toEqual([
    ["AT", ["Wien", "Tirol"]],
    ["CH", ["Bern - Oberland"]],
  ]);
});

test("phrases are pasted line by line, and found whatever their case", () => {
  const phrases = phrasesIn("Wien\r\n\n /^vi/ \nVienna");
  expect(phrases).toEqual([
    { isPattern: false, text: "Wien" },
    { isPattern: true, text: "^vi" },
    { isPattern: false, text: "Vienna" },
  ]);
  expect(termWith([{ term: "V", phrases }], "WIEN")).toBe("V");
  expect(termWith([{ term: "V", phrases }], "^vi")).toBeUndefined();
});
