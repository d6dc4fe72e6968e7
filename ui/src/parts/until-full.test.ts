// A list that shows too little is asked for more, one page at a time, until there is enough or nothing left.
import { expect, test } from "vitest";
import { PAGE_SIZE } from "./cursor-list";
import { countOf, lookingOn } from "./until-full";

const resting = { isFetching: false, isOutdated: false, error: null, hasMore: true };

test("one page after the other is asked for, as long as too little is shown", () => {
  check(resting, true, "asks");
  check(resting, false, "is done");
});

test("it waits for the page that is on its way, and for the answer to what is asked now", () => {
  check({ ...resting, isFetching: true }, true, "waits");
  check({ ...resting, isOutdated: true }, true, "waits");
  check({ ...resting, isFetching: true }, false, "is done");
});

test("it ends where nothing is left, and where asking failed", () => {
  check({ ...resting, hasMore: false }, true, "is done");
  check({ ...resting, error: new Error("no connection") }, true, "is done");
});

test("who asked for more of one list has not asked for more of another", () => {
  const goal = { subject: "rare", count: 3 * PAGE_SIZE };
  expect(countOf(goal, "rare")).toBe(3 * PAGE_SIZE);
  expect(countOf(goal, "frequent")).toBe(PAGE_SIZE);
});

function check(list: Parameters<typeof lookingOn>[0], isShort: boolean, expected: "asks" | "waits" | "is done") {
  const { isLooking, isNext } = lookingOn(list, isShort);
  expect(isNext ? "asks" : isLooking ? "waits" : "is done").toBe(expected);
}
