// Pages of a list are asked for by cursor and joined in order.
import { expect, test } from "vitest";
import { joined, pageQuery, whole } from "./cursor-list";

test("only the first page counts", () => {
  expect(pageQuery({ q: "ada", count: true }, null)).toEqual({ limit: 50, q: "ada", cursor: null, count: true });
  expect(pageQuery({ q: "ada", count: true }, "next")).toEqual({
    limit: 50,
    q: "ada",
    cursor: "next",
    count: undefined,
  });
  expect(pageQuery({ limit: 6 }, null).limit).toBe(6);
});

test("pages are joined, the total is that of the first", () => {
  const pages = [
    { items: [1, 2], nextCursor: "a", total: 3 },
    { items: [3], nextCursor: null, total: null },
  ];
  expect(joined(pages)).toEqual({ items: [1, 2, 3], total: 3 });
  expect(joined([])).toEqual({ items: [], total: null });
});

test("a list that is all there has no more", () => {
  expect(whole([1, 2])).toMatchObject({ items: [1, 2], total: 2, hasMore: false, isLoading: false });
});
