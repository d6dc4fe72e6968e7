// Rules: delays, what is sent, how actions become steps, and why one did not fire.
import { expect, test } from "vitest";
import type { Action, Rule, RuleRun } from "@/api/types";
import { unlabelled } from "./attributes";
import { deedKinds, deedNames, freshDeed, fullDeed } from "./deed-kinds";
import { readDelay, writeDelay, writeMinutes } from "./delay";
import { passedBetween } from "./passed";
import { deedAt, deedPath, isOutdated, refusalsOf, type ToldRule } from "./reason";
import { fullTrigger } from "./trigger-kinds";
import { asActions, asSteps, bodyOf, emptyRule, valuesOf } from "./values";

test("delays", () => {
  expect(readDelay("2m")).toEqual({ count: 2, unit: "m" });
  expect(readDelay("soon")).toBeNull();
  expect(readDelay(null)).toBeNull();
  expect(writeDelay({ count: 3, unit: "d" })).toBe("3d");
  expect(writeDelay({ count: 0, unit: "d" })).toBeNull();
  expect([1, 120, 1500, 2880].map(writeMinutes)).toEqual(["1m", "2h", "25h", "2d"]);
});

test("the time that passed", () => {
  const from = "2026-01-01T00:00:00Z";
  expect(passedBetween(from, "2026-01-01T00:00:20Z")).toBeNull();
  expect(passedBetween(from, "2026-01-01T01:30:00Z")).toBe("90m");
  expect(passedBetween(from, "2026-01-02T00:00:00Z")).toBe("1d");
  expect(passedBetween(from, "2026-01-01T05:10:00Z")).toBe("5h");
});

test("what asks nothing is not sent", () => {
  const trigger = { type: "new_activity" as const, activityType: "order", where: { all: [] } };
  const body = bodyOf({ ...emptyRule, name: "A", triggers: [trigger] });
  expect(body).toMatchObject({
    name: "A",
    condition: null,
    exitWhen: null,
    triggers: [{ type: "new_activity", activityType: "order", where: null }],
    reentry: { policy: "always" },
  });
  expect(body).not.toHaveProperty("isJourney");
  expect(bodyOf({ ...emptyRule, reentry: { policy: "once_per", period: "7d" } })).toMatchObject({
    reentry: { policy: "once_per", period: "7d" },
  });
});

test("actions or steps are sent, never both", () => {
  const values = { ...emptyRule, actions: [note("A")], steps: asSteps([note("B")]) };
  expect(bodyOf(values)).toMatchObject({ steps: [], actions: [{ title: "A" }] });
  expect(bodyOf({ ...values, isJourney: true })).toMatchObject({ actions: [], steps: [{ action: { title: "B" } }] });
});

test("what the server leaves out has its place in the form, and comes back as it was", () => {
  const mail = fullDeed({ type: "send_mail", templateId: 3 });
  expect(mail).toMatchObject({ templateId: 3, templateName: null, toCustomer: true, to: [] });
  expect(fullDeed({ type: "send_mail", templateName: "Hi {language}" })).toMatchObject({ templateId: null });
  expect(fullTrigger({ type: "date_reached", field: "birthDate" })).toMatchObject({ at: null, yearly: false });
  expect(fullTrigger({ type: "cron", expression: "0 9 * * *" })).toMatchObject({ timeZone: null, missed: "once" });
  const rule = { ...emptyRule, triggers: [], condition: null, exitWhen: null, actions: [note("A")], steps: [] };
  expect(bodyOf(valuesOf(rule as unknown as Rule))).toMatchObject({ actions: [{ ...note("A"), delay: null }] });
});

test("actions begin asking for the consent to profiling where they touch profiles", () => {
  for (const kind of deedNames) {
    const touches = "considerProfilingConsent" in deedKinds[kind].start;
    expect("considerProfilingConsent" in freshDeed(kind), kind).toBe(touches);
    if (touches) expect(freshDeed(kind)).toMatchObject({ considerProfilingConsent: true });
  }
});

test("each action of a rule waits for itself, each step of a journey for those before it", () => {
  const steps = asSteps([note("A"), { ...note("B"), delay: "1d" }, { ...note("C"), delay: "2d", at: "09:00" }]);
  expect(steps.map((step) => (step.type === "wait" ? [step.for, step.until] : step.type))).toEqual([
    "action",
    ["1d", undefined],
    "action",
    ["1d", "09:00"],
    "action",
  ]);
  expect(asActions(steps).map((action) => action.type === "add_note" && action.title)).toEqual(["A", "B", "C"]);
});

test("figures and truths are taken for what they look like", () => {
  expect(["12", "-1.5", "true", "007", "1.50", "", "x"].map(unlabelled)).toEqual([
    ...[12, -1.5, true],
    ...["007", "1.50", "", "x"],
  ]);
});

test("what stood in the way is read from the rule as it was", () => {
  const leaf = { fact: "attribute", name: "amount", op: "gt", value: 50 } as const;
  const rule = { version: 2, condition: { all: [leaf] } };
  const run: RuleRun = {
    id: 1,
    ruleId: 1,
    customerId: 1,
    customerName: null,
    activityId: 1,
    at: "",
    outcome: "condition_not_met",
    why: { version: 2, leaves: [{ path: "/all/0", saw: 12 }] },
  };
  expect(refusalsOf(run, rule)).toEqual([{ leaf, saw: 12 }]);
  const unwanted = { ...rule, condition: { all: [{ not: leaf }] } };
  const found = { ...run, why: { version: 2, leaves: [{ path: "/all/0/not", saw: 60 }] } };
  expect(refusalsOf(found, unwanted)).toEqual([{ leaf: { not: leaf }, saw: 60 }]);
  const hidden = { ...run, why: { version: 2, leaves: [{ path: "/all/0", withheld: true }] } };
  expect(refusalsOf(hidden, rule)).toEqual([{ leaf, withheld: true }]);
  expect(isOutdated(run, rule)).toBe(false);
  expect(refusalsOf(run, { ...rule, version: 3 })).toEqual([]);
  expect(isOutdated(run, { version: 3 })).toBe(true);
  expect(refusalsOf({ ...run, why: {} }, rule)).toEqual([]);
});

test("what was done is read from the rule as it was", () => {
  const rule: ToldRule = { version: 2, condition: null, actions: [note("A")], steps: [] };
  const journey: ToldRule = { ...rule, actions: [], steps: asSteps([note("B")]) };
  expect(deedPath({ position: 0, outcome: "done" }, rule)).toBe("/actions/0");
  expect(deedPath({ position: 0, outcome: "cancelled" }, journey)).toBeNull();
  expect(deedAt("/actions/0", 2, rule)).toMatchObject({ title: "A" });
  expect(deedAt("/steps/0", 2, journey)).toMatchObject({ title: "B" });
  expect(deedAt("/steps/0/action", 2, journey)).toMatchObject({ title: "B" });
  expect(deedAt("/actions/0", 1, rule)).toBeNull();
  expect(deedAt("/actions/7", 2, rule)).toBeNull();
});

function note(title: string): Action {
  return { type: "add_note", title, text: "" };
}
