// Many pairs one after the other: first what each merge would do, then those that nothing speaks against. Pure but for what is handed in.
import type { DuplicatePair, MergePlan } from "@/api/types";

/** Why a pair is left out of merging many. */
export type LeftOut = "confirmation" | "refused" | "again" | "failed";
export type Sorted = { ready: DuplicatePair[]; left: { pair: DuplicatePair; why: LeftOut }[] };

/** A merge that needs a person is left out, and so is whoever was in a pair above already. */
export function whyLeft(pair: DuplicatePair, plan: MergePlan | null, taken: ReadonlySet<number>): LeftOut | null {
  if (plan === null) return "failed";
  if (plan.refusals.length > 0) return "refused";
  if (plan.confirmations.length > 0) return "confirmation";
  return pair.customers.some(({ id }) => taken.has(id)) ? "again" : null;
}

type Watch = { isStopped: () => boolean; told: (done: number) => void };

export async function check(
  pairs: DuplicatePair[],
  planOf: (pair: DuplicatePair) => Promise<MergePlan>,
  { isStopped, told }: Watch,
): Promise<Sorted> {
  const sorted: Sorted = { ready: [], left: [] };
  const taken = new Set<number>();
  for (const [place, pair] of pairs.entries()) {
    if (isStopped()) break;
    const plan = await planOf(pair).catch(() => null);
    const why = whyLeft(pair, plan, taken);
    if (why) sorted.left.push({ pair, why });
    else sorted.ready.push(pair);
    if (!why) for (const { id } of pair.customers) taken.add(id);
    told(place + 1);
  }
  return sorted;
}

/** Gives how many were merged and how many were refused meanwhile. */
export async function mergeAll(
  pairs: DuplicatePair[],
  mergePair: (pair: DuplicatePair) => Promise<unknown>,
  { isStopped, told }: Watch,
): Promise<{ merged: number; failed: number }> {
  const counts = { merged: 0, failed: 0 };
  for (const [place, pair] of pairs.entries()) {
    if (isStopped()) break;
    await mergePair(pair).then(
      () => {
        counts.merged += 1;
      },
      () => {
        counts.failed += 1;
      },
    );
    told(place + 1);
  }
  return counts;
}
