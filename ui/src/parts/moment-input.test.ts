// Moments survive the way into the browser's input and back.
import { expect, test } from "vitest";
import { dayAfter, startOf, toLocal, toUtc } from "./moment-input";

test("a moment comes back as it went in, to the minute", () => {
  for (const moment of ["2026-11-21T10:30:00.000Z", "2026-07-01T23:59:00.000Z"]) {
    expect(toUtc(toLocal(moment))).toBe(moment);
  }
});

test("nothing and nonsense are nothing", () => {
  expect(toLocal(null)).toBe("");
  expect(toLocal("nonsense")).toBe("");
  expect(toUtc("")).toBeNull();
  expect(toUtc("nonsense")).toBeNull();
});

test("days begin when the reader's calendar says so", () => {
  expect(startOf("2026-11-21")).toBe(new Date(2026, 10, 21).toISOString());
  expect(dayAfter("2026-12-31")).toBe("2027-01-01");
});
