// Journeys: edits of the tree of steps, shares, and who waits where.
import { expect, test } from "vitest";
import type { JourneyStep, PlaceCount } from "@/api/types";
import {
  copyOf,
  evenShares,
  freshStep,
  fullStep,
  placeOf,
  shareSum,
  stepCount,
  waitingAt,
  waitingElsewhere,
  withoutStep,
  withStep,
} from "./steps";

const wait: JourneyStep = { type: "wait", name: null, for: "1d", until: null };
const branch: JourneyStep = {
  type: "branch",
  name: "fork",
  branches: [{ condition: { all: [] }, steps: [{ ...wait, name: "in" }] }],
  otherwise: [],
};

test("steps are put in and taken out at any depth", () => {
  const whole = { steps: [wait, branch] };
  const deeper = withStep(whole, "/steps/1/branches/0/steps", 1, freshStep("exit"));
  expect(stepCount(deeper.steps)).toBe(4);
  const other = withStep(deeper, "/steps/1/otherwise", 0, freshStep("split"));
  expect(stepCount(other.steps)).toBe(5);
  expect(withoutStep(deeper, "/steps/1/branches/0/steps/1")).toEqual(whole);
  expect(withoutStep(whole, "/steps/0").steps).toEqual([branch]);
  expect(placeOf("/steps/1/otherwise/12")).toBe(12);
});

test("a copy has no names, because each is there once", () => {
  expect(JSON.stringify(copyOf(branch))).not.toContain("fork");
  expect(JSON.stringify(copyOf(branch))).not.toContain('"in"');
  const split: JourneyStep = { type: "split", name: "lot", parts: [{ percent: 100, steps: [branch] }] };
  expect(JSON.stringify(copyOf(split))).not.toMatch(/lot"|fork/);
});

test("what the server leaves out has its place", () => {
  const sent = { type: "branch", branches: [{ condition: { fact: "segment", id: 1 }, steps: [{ type: "wait" }] }] };
  expect(fullStep(sent as JourneyStep)).toEqual({
    type: "branch",
    name: null,
    branches: [
      {
        condition: { all: [{ fact: "segment", id: 1 }] },
        steps: [{ type: "wait", name: null, for: null, until: null }],
      },
    ],
    otherwise: [],
  });
});

test("shares make a hundred", () => {
  for (const count of [2, 3, 7, 20]) {
    expect(shareSum(evenShares(count).map((percent) => ({ percent }))), String(count)).toBe(100);
  }
});

test("who waits where, and who goes by another version", () => {
  const place = (path: string, version: number, count: number): PlaceCount => ({
    kind: "journey",
    path,
    version,
    count,
  });
  const places = [place("/steps/0", 2, 3), place("/steps/0", 1, 5), place("/steps/1/branches/0/steps/0", 2, 7)];
  expect(waitingAt(places, "/steps/0", 2)).toBe(3);
  expect(waitingAt(places, "/steps/1", 2)).toBe(0);
  expect(waitingElsewhere(places, 2)).toBe(5);
});
