// Dates and numbers are written as where the reader is, if that is where his language is spoken.
import { afterEach, expect, test, vi } from "vitest";
import { regionOf } from "./index";

afterEach(() => vi.unstubAllGlobals());

test("the browser's region holds for its own language", () => {
  check("en-US", "en", "en-US");
  check("en-AU", "en", "en-AU");
  check("de-AT", "de", "de-AT");
  check("de-CH", "de", "de-CH");
});

test("whoever chose the other language gets its usual region", () => {
  check("de-AT", "en", "en-GB");
  check("fr", "en", "en-GB");
  check("en-US", "de", "de");
  check("enm", "en", "en-GB");
});

test("dates follow the region", () => {
  vi.stubGlobal("navigator", { language: "fr" });
  const day = new Date(Date.UTC(2026, 10, 22));
  expect(new Intl.DateTimeFormat(regionOf("en"), { timeZone: "UTC" }).format(day)).toBe("22/11/2026");
  vi.stubGlobal("navigator", { language: "en-US" });
  expect(new Intl.DateTimeFormat(regionOf("en"), { timeZone: "UTC" }).format(day)).toBe("11/22/2026");
});

function check(language: string, locale: "en" | "de", region: string) {
  vi.stubGlobal("navigator", { language });
  expect(regionOf(locale)).toBe(region);
}
