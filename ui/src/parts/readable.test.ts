// Names of programs read like words.
import { expect, test } from "vitest";
import { readable } from "./readable";

test.each([
  ["segment_rebuild", "Segment rebuild"],
  ["segments.rebuild", "Segments rebuild"],
  ["rowsDone", "Rows done"],
  ["orderID", "OrderID"],
  ["SMTP", "SMTP"],
  ["", ""],
])("%s", (name, words) => {
  expect(readable(name)).toBe(words);
});
