// Differences of two values.
import { expect, test } from "vitest";
import { difference } from "./difference";

const marked = (one: string, other: string) =>
  difference(one, other).map((pieces) => pieces.map(({ text, differs }) => (differs ? `[${text}]` : text)).join(""));

test("what both have in common does not differ, whatever the case", () => {
  expect(marked("Mayer", "Meier")).toEqual(["M[ay]er", "M[ei]er"]);
  expect(marked("ANNA", "Anna")).toEqual(["ANNA", "Anna"]);
  expect(marked("1990-06-03", "1990-03-06")).toEqual(["1990-0[6]-0[3]", "1990-0[3]-0[6]"]);
  expect(marked("Hauptstr. 5", "Hauptstraße 5")).toEqual(["Hauptstr[.] 5", "Hauptstr[aße] 5"]);
});

test("what has little in common is simply another value", () => {
  expect(marked("Birkenweg 5", "Linzer Gasse 12")).toEqual(["[Birkenweg 5]", "[Linzer Gasse 12]"]);
});

test("nothing is another value than something", () => {
  expect(marked("", "x")).toEqual(["", "[x]"]);
  expect(marked("", "")).toEqual(["", ""]);
});

test("long texts are compared as wholes", () => {
  const long = "a".repeat(301);
  expect(difference(long, `${long}b`)[0]).toEqual([{ text: long, differs: true }]);
});
