// Spans are read as the condition language writes them, and written back the same way.
import { expect, test } from "vitest";
import { readSpan, writeSpan } from "./duration";

test("spans of one unit are read", () => {
  check("90d", { count: 90, unit: "days" });
  check("12h", { count: 12, unit: "hours" });
  check("30m", { count: 30, unit: "minutes" });
  check("2w", { count: 2, unit: "weeks" });
  check("P90D", { count: 90, unit: "days" });
  check("P2W", { count: 2, unit: "weeks" });
  check("PT12H", { count: 12, unit: "hours" });
  check("PT5M", { count: 5, unit: "minutes" });
});

test("what has no single number is left alone", () => {
  check("P1DT12H", null);
  check("P1M", null);
  check("90", null);
  check("d", null);
  check(undefined, null);
});

test("written spans are read again", () => {
  for (const text of ["1m", "24h", "365d", "52w"]) {
    const span = readSpan(text);
    expect(span && writeSpan(span)).toBe(text);
  }
});

function check(text: unknown, span: ReturnType<typeof readSpan>) {
  expect(readSpan(text), String(text)).toEqual(span);
}
