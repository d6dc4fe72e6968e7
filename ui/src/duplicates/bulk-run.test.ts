// Merging many pairs: what is left out, and stopping in between.
import { expect, test } from "vitest";
import type { DuplicatePair, MergePlan } from "@/api/types";
import { check, mergeAll } from "./bulk-run";

const pair = (id: number, one: number, other: number) =>
  ({ id, customers: [{ id: one }, { id: other }] }) as unknown as DuplicatePair;
const reason = [{ code: "x", detail: "x" }];
const plans: Record<number, Partial<MergePlan>> = {
  1: { confirmations: [], refusals: [] },
  2: { confirmations: reason, refusals: [] },
  3: { confirmations: reason, refusals: reason },
  4: { confirmations: [], refusals: [] },
};
const planOf = async ({ id }: DuplicatePair) => {
  if (!plans[id]) throw new Error("gone");
  return plans[id] as MergePlan;
};
const watch = (stopAfter = Number.POSITIVE_INFINITY) => {
  let done = 0;
  return { isStopped: () => done >= stopAfter, told: (count: number) => (done = count) };
};

test("what needs a person is left out, and so is who was in a pair already", async () => {
  const pairs = [pair(1, 1, 2), pair(2, 3, 4), pair(3, 5, 6), pair(4, 2, 7), pair(5, 8, 9)];
  const { ready, left } = await check(pairs, planOf, watch());
  expect(ready.map(({ id }) => id)).toEqual([1]);
  expect(left.map(({ pair: { id }, why }) => [id, why])).toEqual([
    [2, "confirmation"],
    [3, "refused"],
    [4, "again"],
    [5, "failed"],
  ]);
});

test("it stops between two pairs, and goes on past one that is refused", async () => {
  const asked: number[] = [];
  const mergePair = async ({ id }: DuplicatePair) => {
    asked.push(id);
    if (id === 1) throw new Error("refused");
  };
  const pairs = [pair(1, 1, 2), pair(2, 3, 4), pair(3, 5, 6)];
  expect(await mergeAll(pairs, mergePair, watch(2))).toEqual({ merged: 1, failed: 1 });
  expect(asked).toEqual([1, 2]);
});
