// What the form of the instance's settings sends.
import { expect, test } from "vitest";
import { mergePatch } from "@/api/merge-patch";
import type { Settings } from "@/api/types";
import {
  bodyOf,
  missingSteps,
  newStep,
  problemWithin,
  repeatedSalutations,
  type SalutationRow,
  valuesOf,
} from "./general-values";

const settings: Settings = {
  version: 3,
  timeZone: "Europe/Vienna",
  savePipeline: {
    steps: [
      { enabled: true, step: "clean_email", options: {} },
      { enabled: false, step: "salutation_to_gender", options: { map: { mr: "male", mrs: "female" } } },
    ],
    requiredFields: [["email"]],
    duplicateCheck: { enabled: false, combinations: [["email"]] },
  },
  blockedAddresses: ["a@example.org", "b@example.org"],
  mail: { quietHours: null, cap: { count: 3, days: 7 } },
  duplicates: {
    enabled: true,
    scores: { enabled: true, threshold: 0.5, mergeFrom: null, fields: [] },
    rules: [],
    mergeRules: [],
  },
  merging: { trustedSources: [], identityLimits: {}, blockedValues: [], sharedMax: 3 },
};

test("what nobody edited changes nothing", () => {
  const { version: _, duplicates: __, merging: ___, ...body } = settings;
  expect(bodyOf(valuesOf(settings))).toEqual(body);
});

test("quiet hours are shown to the minute", () => {
  const quietHours = { from: "21:00:00", to: "08:00:00" };
  const values = valuesOf({ ...settings, mail: { quietHours, cap: null } });
  expect(values.mail).toEqual({ quietHours: { from: "21:00", to: "08:00" }, cap: null });
  expect(mergePatch(bodyOf(values), bodyOf({ ...values, mail: { quietHours: null, cap: null } }))).toEqual({
    mail: { quietHours: null },
  });
});

test("only what was edited is sent", () => {
  const values = valuesOf(settings);
  const blockedAddresses = " c@example.org \n\na@example.org, c@example.org";
  const changes = mergePatch(bodyOf(values), bodyOf({ ...values, timeZone: null, blockedAddresses }));
  expect(changes).toEqual({ timeZone: null, blockedAddresses: ["c@example.org", "a@example.org"] });
});

test("empty rows of salutations are dropped, repeated ones are known", () => {
  const rows: SalutationRow[] = [
    { salutation: "Herr ", gender: "male" },
    { salutation: "", gender: "" },
    { salutation: "Herr", gender: "female" },
  ];
  const values = { ...valuesOf(settings) };
  const steps = [{ ...newStep("salutation_to_gender"), options: { map: rows } }];
  expect(bodyOf({ ...values, savePipeline: { ...values.savePipeline, steps } })).toMatchObject({
    savePipeline: { steps: [{ options: { map: { Herr: "female" } } }] },
  });
  expect(repeatedSalutations(rows)).toEqual(new Set(["Herr"]));
});

test("steps that are not there can be added", () => {
  expect(missingSteps(valuesOf(settings).savePipeline.steps)).toEqual([
    "normalize_zip",
    "remove_blocked_email",
    "copy_fields",
    "mark_email_validity",
  ]);
});

test("a problem inside of a list is one of the list", () => {
  const problems = new Map([["/savePipeline/requiredFields/1/0", "no such field"]]);
  expect(problemWithin(problems, "/savePipeline/requiredFields/1")).toBe("no such field");
  expect(problemWithin(problems, "/savePipeline/requiredFields/0")).toBeUndefined();
});
