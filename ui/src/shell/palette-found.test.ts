// What the palette shows while answers are missing, late, or those to another question.
import { expect, test } from "vitest";
import { answerOf, fitting, named, placeToChoose } from "./palette-found";

const there = { data: ["Ada"], isLoading: false, isPlaceholderData: false };
const nothing = { items: [], isAwaited: false };

test("what is not there yet is awaited, what failed is not", () => {
  expect(answerOf(true, there)).toEqual({ items: ["Ada"], isAwaited: false });
  expect(answerOf(true, { ...there, data: undefined, isLoading: true })).toEqual({ items: [], isAwaited: true });
  expect(answerOf(true, { ...there, data: undefined })).toEqual(nothing);
});

test("an answer to the text before is shown, and another one awaited", () => {
  expect(answerOf(true, { ...there, isPlaceholderData: true })).toEqual({ items: ["Ada"], isAwaited: true });
});

test("what is no longer asked for is not shown, even if it arrives", () => {
  expect(answerOf(false, there)).toEqual(nothing);
  expect(answerOf(false, { ...there, data: undefined, isLoading: true })).toEqual(nothing);
});

test("of what was found for the text before, that stays which fits in name or hint", () => {
  const entries = [{ label: "Ada Byron", hint: "ada@example.org" }, { label: "Bob" }, { label: "B", hint: "BY-1" }];
  check("by", ["Ada Byron", "B"]);
  check("EXAMPLE", ["Ada Byron"]);
  check("undefined", []);

  function check(query: string, labels: string[]) {
    expect(fitting(entries, query).map(({ label }) => label)).toEqual(labels);
  }
});

test("of what is searched here a few are shown", () => {
  const all = Array.from({ length: 9 }, (_, number) => ({ name: `Segment ${number}` }));
  expect(named(all, "segment").length).toBe(6);
  expect(named(all, "SEGMENT 8")).toEqual([{ name: "Segment 8" }]);
});

test("the first entry is chosen, also of those that arrive late, until one moves", () => {
  expect(placeToChoose(-1, false, 0)).toBe(-1);
  expect(placeToChoose(-1, false, 3)).toBe(0);
  expect(placeToChoose(2, false, 5)).toBe(0);
});

test("what one has moved to stays chosen when more arrives before it, and the first follows when it is gone", () => {
  expect(placeToChoose(4, true, 7)).toBe(4);
  expect(placeToChoose(-1, true, 7)).toBe(0);
  expect(placeToChoose(-1, true, 0)).toBe(-1);
});
