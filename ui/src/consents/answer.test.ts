// Answers about consent: what is sent, and which is in force.
import { expect, test } from "vitest";
import { answerBody, isSuperseded } from "./answer";

test("only what was said is sent", () => {
  const values = { granted: false, answeredAt: null, source: "", note: "" };
  expect(answerBody(values)).toEqual({ granted: false });
  const full = { granted: true, answeredAt: "2026-03-01T10:00:00.000Z", source: "Fair", note: "on paper" };
  expect(answerBody(full)).toEqual(full);
});

test("an answer given before the one in force is superseded, however the moment is written", () => {
  const standing = { purpose: "mail", granted: true, answeredAt: "2026-03-01T10:00:00Z", source: "" };
  expect(isSuperseded({ answeredAt: "2026-02-28T10:00:00.000Z" }, standing)).toBe(true);
  expect(isSuperseded({ answeredAt: "2026-03-01T10:00:00.000Z" }, standing)).toBe(false);
  expect(isSuperseded({ answeredAt: null }, standing)).toBe(false);
});
