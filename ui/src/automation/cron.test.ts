// Calendar expressions: what they mean, and when they come next, also over a change of the clocks.
import { expect, test } from "vitest";
import { nextOf, readCron } from "./cron";

test("expressions", () => {
  expect(readCron("0 9 * * MON-FRI")).toMatchObject({ minutes: [0], hours: [9], weekdays: [1, 2, 3, 4, 5] });
  expect(readCron("*/20 8-10 1,15 jan *")).toMatchObject({ minutes: [0, 20, 40], hours: [8, 9, 10], months: [1] });
  expect(readCron("0 0 * * 7")?.weekdays).toEqual([0]);
  expect(readCron("0 0 5/10 * *")?.days).toEqual([5, 15, 25]);
  for (const text of ["", "0 9 * *", "60 9 * * *", "0 9 * * FOO", "0 9 * * * *", "0 10-9 * * *", "*/0 9 * * *"]) {
    expect(readCron(text), text).toBeNull();
  }
});

test("the next instants", () => {
  check("0 9 * * MON", "Europe/Vienna", ["2026-11-23T08:00", "2026-11-30T08:00"]);
  check("30 2 29 2 *", "UTC", ["2028-02-29T02:30", "2032-02-29T02:30"]);
  check("0 0 13 * FRI", "UTC", ["2026-11-27T00:00", "2026-12-04T00:00"]);
  check("0 0 31 2 *", "UTC", []);
  // Clocks go forward on the 28th of March.
  check("0 9 28-29 3 *", "Europe/Vienna", ["2027-03-28T07:00", "2027-03-29T07:00"]);

  function check(expression: string, zone: string, expected: string[]) {
    const crontab = readCron(expression);
    if (crontab === null) throw new Error(expression);
    const found = nextOf(crontab, zone, new Date("2026-11-21T12:00:00Z"), 2);
    expect(
      found.map((at) => at.toISOString().slice(0, 16)),
      expression,
    ).toEqual(expected);
  }
});
