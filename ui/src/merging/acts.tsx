// Merging and undoing wherever it is offered: asks where something speaks for two people, and says in words why it cannot be.
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { ApiError } from "@/api/problem";
import type { Merge, MergeReason } from "@/api/types";
import { refreshPairs } from "@/duplicates/queries";
import { useToasts } from "@/parts/toasts";
import { useConflictText } from "./conflicts";
import { merge, readMerge, refreshMerged, undoMerge, type Wish } from "./queries";
import { ReasonList } from "./reason-list";

/** Whoever is there again is compared with all others in a job, a moment later. */
const COMPARED_WITHIN_MS = 1_500;

type Asked = { wish: Wish; reasons: MergeReason[] };
export type Merging = {
  run: (wish: Wish) => Promise<void>;
  isBusy: boolean;
  /** The dialog that asks; to be drawn by whoever merges. */
  question: ReactNode;
};

export function useMerging(merged: (merge: Merge) => void | Promise<void>): Merging {
  const toasts = useToasts();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [isBusy, setBusy] = useState(false);
  const run = async (wish: Wish) => {
    setBusy(true);
    try {
      const done = await merge(wish);
      setAsked(null);
      await merged(done);
      await refreshMerged(queries);
    } catch (error) {
      const reasons = reasonsToConfirm(error);
      if (reasons) setAsked({ wish, reasons });
      else toasts.failed(error);
    } finally {
      setBusy(false);
    }
  };
  const confirm = () => asked && run({ ...asked.wish, confirm: true });
  const question = (
    <Question reasons={asked?.reasons ?? null} isBusy={isBusy} stay={() => setAsked(null)} confirm={confirm} />
  );
  return { run, isBusy, question };
}

function reasonsToConfirm(error: unknown): MergeReason[] | null {
  if (!(error instanceof ApiError) || error.code !== "confirmation_needed") return null;
  return error.problems.map(({ code, message }) => ({ code, detail: message }));
}

type QuestionProps = { reasons: MergeReason[] | null; isBusy: boolean; stay: () => void; confirm: () => void };

function Question({ reasons, isBusy, stay, confirm }: QuestionProps) {
  const t = useTranslations("merging");
  const parts = useTranslations("parts");
  return (
    <Modal
      opened={reasons !== null}
      onClose={stay}
      title={t("confirmTitle")}
      closeButtonProps={{ "aria-label": parts("cancel") }}
    >
      <Stack gap="sm">
        <Text size="sm">{t("confirmText")}</Text>
        <ReasonList reasons={reasons ?? []} />
      </Stack>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={stay} data-autofocus>
          {t("stay")}
        </Button>
        <Button color="red.8" loading={isBusy} onClick={confirm}>
          {t("confirmVerb")}
        </Button>
      </Group>
    </Modal>
  );
}

/** Undoes a merge and gives what became of it; what could not go back is said. */
export function useUndo(): (id: number) => Promise<Merge> {
  const t = useTranslations("merging");
  const toasts = useToasts();
  const queries = useQueryClient();
  const conflictOf = useConflictText();
  return async (id) => {
    const undone = await undoMerge(id).catch(async (error: unknown) => {
      throw await wordedRefusal(error, id, t);
    });
    if (undone.conflicts.length > 0) {
      toasts.done(`${t("undoneWith")} ${undone.conflicts.map(conflictOf).join(" ")}`);
    }
    await refreshMerged(queries);
    setTimeout(() => refreshPairs(queries), COMPARED_WITHIN_MS);
    return undone;
  };
}

type Wording = ReturnType<typeof useTranslations<"merging">>;

/** The merge that has to be undone first is named, so that it can be found. */
async function wordedRefusal(error: unknown, id: number, t: Wording): Promise<unknown> {
  if (!(error instanceof ApiError)) return error;
  if (error.code === "merge_undone") return new Error(t("wasUndone"));
  if (error.code === "survivor_gone") return new Error(t("survivorGone"));
  if (error.code !== "merge_covered") return error;
  const { coveredBy } = await readMerge(id);
  return new Error(t("covered", { id: String(coveredBy ?? "") }));
}
