// What the form of the settings of duplicates sends, and where its problems are shown.
import { expect, test } from "vitest";
import { mergePatch } from "@/api/merge-patch";
import type { Settings } from "@/api/types";
import { bodyOf, toRows, valuesOf } from "./settings-values";

const settings = {
  duplicates: {
    enabled: true,
    scores: { enabled: true, threshold: 0.5, mergeFrom: null, fields: [] },
    rules: [{ name: "mail", fields: [{ field: "email" }] }],
    mergeRules: [],
  },
  merging: {
    trustedSources: ["erp"],
    identityLimits: { email: 10, "external:a/b": 2 },
    blockedValues: ["null"],
    sharedMax: 3,
  },
} as unknown as Settings;

test("what nobody edited changes nothing", () => {
  const values = valuesOf(settings);
  expect(mergePatch(bodyOf(values), bodyOf(valuesOf(settings)))).toEqual({});
  expect(bodyOf(values).merging).toEqual(settings.merging);
});

test("emptied figures and lines are left out", () => {
  const values = valuesOf(settings);
  const merging = { ...values.merging, blockedValues: " a \n\na\nb" };
  const scores = { ...values.duplicates.scores, mergeFrom: "" as unknown as null };
  const body = bodyOf({ merging, duplicates: { ...values.duplicates, scores } });
  expect(body.merging.blockedValues).toEqual(["a", "b"]);
  expect(body.duplicates.scores.mergeFrom).toBeNull();
  expect(body.duplicates.rules[0]?.fields[0]).toEqual({
    field: "email",
    transformer: "standard",
    soundex: false,
    metaphone: false,
  });
});

test("problems of keyed values lead to their rows", () => {
  const values = valuesOf(settings);
  expect(toRows("/merging/identityLimits/external:a~1b", values)).toBe("/merging/identityLimits/1/kind");
  expect(toRows("/merging/blockedValues/3", values)).toBe("/merging/blockedValues");
  expect(toRows("/duplicates/rules/0/name", values)).toBe("/duplicates/rules/0/name");
});
