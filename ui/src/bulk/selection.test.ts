// Choosing customers: what one click, a range, the head of the list and "all that match" choose, and how that is sent.
import { expect, test } from "vitest";
import { asListed } from "@/exports/order";
import {
  chosenBy,
  countOf,
  everybody,
  isChosen,
  nobody,
  pageToggled,
  ranged,
  type Selection,
  shareOf,
  toggled,
} from "./selection";

const listed = [9, 7, 5, 3, 1];
const { filter } = asListed({ q: "ada" });
const chosen = (selection: Selection) => listed.filter((id) => isChosen(selection, id));

test("one click chooses, another one leaves out", () => {
  const one = toggled(nobody, 7);
  expect(chosen(one)).toEqual([7]);
  expect(chosen(toggled(one, 7))).toEqual([]);
  expect(countOf(one, 100)).toBe(1);
});

test("a range goes from the last click to this one, in either direction and as listed", () => {
  expect(chosen(ranged(toggled(nobody, 7), listed, 3))).toEqual([7, 5, 3]);
  expect(chosen(ranged(toggled(nobody, 3), listed, 9))).toEqual([9, 7, 5, 3]);
});

test("a range does to all what it does to the last one", () => {
  const all = pageToggled(nobody, listed);
  expect(chosen(ranged(toggled(all, 9), listed, 5))).toEqual([3, 1]);
});

test("a range without a beginning, or from one who is not listed any more, is one click", () => {
  expect(chosen(ranged(nobody, listed, 5))).toEqual([5]);
  expect(chosen(ranged(toggled(nobody, 42), listed, 5))).toEqual([5]);
});

test("the head of the list chooses all who are listed, and then none of them, and keeps the others", () => {
  const elsewhere = toggled(nobody, 42);
  const page = pageToggled(elsewhere, listed);
  expect(chosen(page)).toEqual(listed);
  expect(countOf(page, null)).toBe(6);
  expect(chosen(pageToggled(page, listed))).toEqual([]);
  expect(isChosen(pageToggled(page, listed), 42)).toBe(true);
  expect([nobody, toggled(nobody, 5), page].map((selection) => shareOf(selection, listed))).toEqual([
    "none",
    "some",
    "all",
  ]);
  expect(shareOf(nobody, [])).toBe("none");
});

test("of all that match, some can be left out and taken in again", () => {
  const but = toggled(toggled(everybody, 5), 3);
  expect(chosen(but)).toEqual([9, 7, 1]);
  expect(countOf(but, 100)).toBe(98);
  expect(countOf(but, null)).toBe(null);
  expect(chosen(ranged(but, listed, 5))).toEqual(listed);
  expect(chosen(pageToggled(everybody, listed))).toEqual([]);
});

test("what is sent names customers, or the filter with those who are left out", () => {
  expect(chosenBy(toggled(toggled(nobody, 9), 1), filter)).toEqual({ customers: [1, 9] });
  expect(chosenBy(toggled(everybody, 9), filter)).toEqual({ filter, except: [9] });
});
