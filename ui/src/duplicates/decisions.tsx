// What is decided of a pair: one person, two people, or undone again; each with a note that takes it back.
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { DuplicatePair } from "@/api/types";
import { customerName } from "@/customers/name";
import { useMerging, useUndo } from "@/merging/acts";
import { lastMergeOf } from "@/merging/queries";
import { useToasts } from "@/parts/toasts";
import { useSession } from "@/shell/session";
import { refreshPairs, setDeclined } from "./queries";

type Options = {
  /** The pair is not to be decided any more. */
  decided: (pair: number) => void;
  /** It is again. */
  back: (pair: number) => void;
};

export type Decisions = {
  /** Keeps the left (0) or the right (1) customer and makes the other one a part of him. */
  keep: (pair: DuplicatePair, side: 0 | 1) => void;
  decline: (pair: DuplicatePair) => Promise<void>;
  reopen: (pair: DuplicatePair) => Promise<void>;
  undoLast: () => Promise<void>;
  isBusy: boolean;
  question: ReactNode;
};

export function useDecisions({ decided, back }: Options): Decisions {
  const t = useTranslations("duplicates");
  const toasts = useToasts();
  const queries = useQueryClient();
  const { user } = useSession();
  const undo = useUndo();
  const [isBusy, setBusy] = useState(false);
  // The merge is told after the question was answered; by then the pair has to be known still.
  const merged = useRef<DuplicatePair | null>(null);
  const pairOf = useRef(new Map<number, number>());
  const undoMerge = async (merge: number) => {
    await undo(merge);
    const pair = pairOf.current.get(merge);
    if (pair !== undefined) back(pair);
  };
  const merging = useMerging(({ id }) => {
    const pair = merged.current;
    if (!pair) return;
    pairOf.current.set(id, pair.id);
    decided(pair.id);
    toasts.done(t("merged", { names: namesOf(pair) }), () => undoMerge(id));
  });
  const acting = async (act: () => Promise<unknown>) => {
    if (isBusy || merging.isBusy) return;
    setBusy(true);
    try {
      await act();
    } catch (error) {
      toasts.failed(error);
    } finally {
      setBusy(false);
    }
  };
  const set = async (pair: number, isDeclined: boolean) => {
    await setDeclined(pair, isDeclined);
    await refreshPairs(queries);
  };
  const settle = (pair: DuplicatePair, isDeclined: boolean) =>
    acting(async () => {
      await setDeclined(pair.id, isDeclined);
      decided(pair.id);
      toasts.done(t(isDeclined ? "declined" : "reopened", { names: namesOf(pair) }), async () => {
        back(pair.id);
        await set(pair.id, !isDeclined);
      });
      await refreshPairs(queries);
    });
  return {
    keep: (pair, side) => {
      const [survivor, other] = side === 0 ? pair.customers : [...pair.customers].reverse();
      if (isBusy || merging.isBusy || !survivor || !other) return;
      merged.current = pair;
      merging.run({ survivor: survivor.id, other: other.id });
    },
    decline: (pair) => settle(pair, true),
    reopen: (pair) => settle(pair, false),
    undoLast: () =>
      acting(async () => {
        const last = await lastMergeOf(user.id);
        if (last) await undoMerge(last.id);
        toasts.done(last ? t("mergeUndone", { id: last.id }) : t("nothingToUndo"));
      }),
    isBusy: isBusy || merging.isBusy,
    question: merging.question,
  };
}

function namesOf(pair: DuplicatePair): string {
  return pair.customers.map((customer) => customerName(customer)).join(" · ");
}
