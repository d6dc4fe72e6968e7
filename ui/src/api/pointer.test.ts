// JSON pointers lead to the place they name, whatever characters the names hold.
import { expect, test } from "vitest";
import { exists, join, steps, valueAt, withValueAt } from "./pointer";

test("names with slashes and tildes", () => {
  expect(steps("/fields/a~1b~0c")).toEqual(["fields", "a/b~c"]);
  expect(join("/fields", "a/b~c")).toBe("/fields/a~1b~0c");
  expect(steps("")).toEqual([]);
});

test("values are read, also inside of lists", () => {
  const whole = { a: [{ b: 1 }], c: null };
  expect(valueAt(whole, "/a/0/b")).toBe(1);
  expect(valueAt(whole, "/a/1/b")).toBeUndefined();
  expect(valueAt(whole, "/c/d")).toBeUndefined();
  expect(valueAt(whole, "")).toBe(whole);
});

test("a place that holds nothing exists nevertheless", () => {
  expect(exists({ c: null }, "/c")).toBe(true);
  expect(exists({ c: null }, "/d")).toBe(false);
  expect(exists({ list: [1] }, "/list/1")).toBe(false);
});

test("a replacement touches only its own branch", () => {
  const whole = { a: { b: 1 }, c: [{ d: 1 }, { d: 2 }] };
  const changed = withValueAt(whole, "/c/1/d", 3);
  expect(changed).toEqual({ a: { b: 1 }, c: [{ d: 1 }, { d: 3 }] });
  expect(changed.a).toBe(whole.a);
  expect(changed.c[0]).toBe(whole.c[0]);
  expect(whole.c[1]?.d).toBe(2);
  expect(withValueAt({}, "/a/b", 1)).toEqual({ a: { b: 1 } });
});
