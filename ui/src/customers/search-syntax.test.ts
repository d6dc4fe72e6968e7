// Texts of the search box: words or a condition, and the spot of a problem.
import { expect, test } from "vitest";
import { listQuery } from "./queries";
import { conditionOf, reasonOf, spotIn, usesSyntax } from "./search-syntax";

test("operators, brackets, phrases and asterisks are syntax", () => {
  for (const text of ["ada OR bob", "NOT ada", "!ada", "ada !bob", "(ada)", "mül*", '"Anna Maria"', "'Anna Maria'"]) {
    expect(usesSyntax(text), text).toBe(true);
  }
});

test("words are words, whatever they look like", () => {
  for (const text of ["", "ada wien", "rock and roll", "Oregon", "OR", "O'Brien", "'t Hart", "Yahoo!", "a.b+c@x.org"]) {
    expect(usesSyntax(text), text).toBe(false);
  }
});

test("the spot of a problem is counted in characters, and may lie behind the last one", () => {
  expect(spotIn("😀 AND OR b", "at character 7: expected a term")).toEqual({
    before: "😀 AND ",
    at: "O",
    after: "R b",
  });
  expect(spotIn("ada OR", "at character 7: a term is missing")).toEqual({ before: "ada OR", at: "", after: "" });
  expect(spotIn("ada", "something else")).toBeNull();
});

test("a problem has a reason in words of ours", () => {
  expect(reasonOf("missing", "")).toBe("termMissing");
  expect(reasonOf("unclosed", "(")).toBe("bracketUnclosed");
  expect(reasonOf("unclosed", '"')).toBe("quoteUnclosed");
  expect(reasonOf("unexpected", ")")).toBe("bracketUnexpected");
  expect(reasonOf("unexpected", "A")).toBe("operatorUnexpected");
  expect(reasonOf("too_deep", "(")).toBe("tooDeep");
  expect(reasonOf("bad_text", "x")).toBe("unreadable");
});

test("what narrows the list down is one condition", () => {
  const filter = { fact: "consent", purpose: "mail", op: "granted" } as const;
  const found = { fact: "field", name: "city", op: "eq", value: "Wien" } as const;
  const member = (id: number) => ({ fact: "segment", id, op: "in" });
  expect(conditionOf({}, undefined, String)).toBeUndefined();
  expect(conditionOf({}, found, String)).toEqual(found);
  expect(conditionOf({ filter, segments: [4, 7] }, found, String)).toEqual({
    all: [filter, found, member(4), member(7)],
  });
  expect(conditionOf({ segments: [4, 7], mode: "any", active: true }, undefined, String)).toEqual({
    all: [{ any: [member(4), member(7)] }, { fact: "field", name: "active", op: "eq", value: true }],
  });
});

test("the list is asked for words as words, and for a condition as a part of its filter", () => {
  const filter = { fact: "consent", purpose: "mail", op: "granted" } as const;
  const condition = { fact: "field", name: "city", op: "eq", value: "Wien" } as const;
  const words = { isCondition: false, condition: undefined, error: null };
  expect(listQuery({ q: "wien", filter }, words, String)).toMatchObject({ q: "wien", filter: JSON.stringify(filter) });
  const asked = listQuery({ q: "Wien OR x", filter }, { ...words, isCondition: true, condition }, String);
  expect(asked).toMatchObject({ q: undefined, filter: JSON.stringify({ all: [filter, condition] }) });
});

test("of segments one per group may suffice, which the server is told as a condition", () => {
  const member = (id: number) => ({ fact: "segment", id, op: "in" });
  const groupOf = (id: number) => (id < 10 ? "Age" : "Place");
  const search = { segments: [4, 12, 7], mode: "groups" } as const;
  const condition = { all: [{ any: [member(4), member(7)] }, member(12)] };
  expect(conditionOf({ ...search, segments: [...search.segments] }, undefined, groupOf)).toEqual(condition);
  const words = { isCondition: false, condition: undefined, error: null };
  const asked = listQuery({ ...search, segments: [...search.segments] }, words, groupOf);
  expect(asked).toMatchObject({ segment: [], segmentMode: undefined, filter: JSON.stringify(condition) });
});
