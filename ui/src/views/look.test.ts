// Looks: what an address means with a view and without, when a view counts as changed, and that nothing is lost on the way.
import { expect, test } from "vitest";
import type { SavedViewState } from "@/api/types";
import type { ViewColumn } from "@/searches";
import {
  areUsual,
  changedSearch,
  defaultColumns,
  isSame,
  type Look,
  lookOf,
  lookOfState,
  stateOf,
  withWidth,
} from "./look";

const own = { columns: [{ name: "email" }], density: "compact" as const };
const empty: SavedViewState = {
  search: null,
  searchFields: [],
  condition: null,
  segments: [],
  segmentMode: "all",
  active: null,
  columns: [],
  density: "comfortable",
  sort: null,
};
const gold: SavedViewState = {
  ...empty,
  search: "Wien OR Graz",
  searchFields: ["city"],
  condition: { all: [{ fact: "field", name: "tier", op: "eq", value: "gold" }] },
  segments: [1, 2],
  segmentMode: "any",
  active: true,
  columns: [
    { name: "name", width: 240 },
    { name: "fields.tier", width: null },
  ],
  sort: "lastname",
};

test("without a view the address says what, and the reader how", () => {
  expect(lookOf({ q: "ada" }, undefined, own)).toEqual({ q: "ada", ...own });
  expect(lookOf({ q: "ada", columns: [{ name: "city" }] }, undefined, own).columns).toEqual(own.columns);
});

test("a view says all of it, unless it was changed", () => {
  expect(lookOf({ view: 1 }, gold, own)).toMatchObject({ q: "Wien OR Graz", mode: "any", sort: "lastname" });
  expect(lookOf({ view: 1, q: "ada" }, gold, own).q).toBe("Wien OR Graz");
  const changed = lookOf({ view: 1, changed: true, q: "ada", density: "compact" }, gold, own);
  expect(changed).toMatchObject({ q: "ada", density: "compact", columns: gold.columns });
  expect(changed.filter).toBeUndefined();
  expect(lookOf({ view: 1 }, empty, own).columns).toEqual(defaultColumns);
});

test("what is kept comes back as it was", () => {
  expect(stateOf(lookOfState(gold))).toEqual(gold);
});

test("a change is a change only as long as it makes a difference", () => {
  const changed = changedSearch({ view: 1 }, gold, own, { active: false });
  expect(changed).toMatchObject({ view: 1, changed: true, active: false, q: "Wien OR Graz", segments: [1, 2] });
  expect(changedSearch(changed, gold, own, { active: true })).toEqual({ view: 1 });
  expect(changedSearch({ view: 1 }, gold, own, { filter: undefined }).filter).toBeUndefined();
});

test("how several segments are meant makes no difference to one", () => {
  const look: Look = { ...own, segments: [1], mode: "any" };
  expect(isSame(look, { ...look, mode: undefined })).toBe(true);
  expect(isSame({ ...look, segments: [1, 2] }, { ...look, segments: [1, 2], mode: undefined })).toBe(false);
  expect(isSame({ ...own, sort: "-createdAt" }, own)).toBe(true);
});

test("one column has another width, or the browser's own again", () => {
  const columns: ViewColumn[] = [{ name: "name", width: 240 }, { name: "city" }];
  const wider = withWidth(columns, "city", 120);
  expect(wider).toEqual([
    { name: "name", width: 240 },
    { name: "city", width: 120 },
  ]);
  const back = withWidth(wider, "city", undefined);
  const look = (shown: ViewColumn[]): Look => ({ columns: shown, density: "comfortable" });
  expect(isSame(look(back), look(columns))).toBe(true);
  expect(isSame(look(wider), look(columns))).toBe(false);
});

test("columns are the usual ones until one is chosen, moved or given a width", () => {
  const [first, ...others] = defaultColumns as [ViewColumn, ...ViewColumn[]];
  expect(areUsual(defaultColumns.map((column) => ({ ...column })))).toBe(true);
  expect(areUsual([...defaultColumns, { name: "zip" }])).toBe(false);
  expect(areUsual(others)).toBe(false);
  expect(areUsual([...others, first])).toBe(false);
  expect(areUsual([{ ...first, width: 240 }, ...others])).toBe(false);
});
