// Which moves would throw unsaved work away.
import { expect, test } from "vitest";
import { isLeaving } from "./save-bar";

test("another page or another tab is leaving, another filter is not", () => {
  const here = { pathname: "/customers/1", search: { tab: "attributes" } };
  expect(isLeaving(here, { pathname: "/customers/2", search: { tab: "attributes" } })).toBe(true);
  expect(isLeaving(here, { pathname: "/customers/1", search: { tab: "notes" } })).toBe(true);
  expect(isLeaving(here, { pathname: "/customers/1", search: { tab: "attributes", why: 3 } })).toBe(false);
});
