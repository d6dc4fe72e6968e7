// Everybody begins where he may look.
import { expect, test } from "vitest";
import { firstPage } from "./navigation";

test("one begins with the dashboard, or with the first page one may see", () => {
  expect(firstPage(["segments:read", "customers:read"])).toBe("/");
  expect(firstPage(["segments:read", "jobs:read"])).toBe("/segments");
  expect(firstPage(["customers:write"])).toBe("/account");
});
