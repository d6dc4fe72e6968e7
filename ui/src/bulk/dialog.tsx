// A bulk action from the question to its start: what is to be done, what would come of it, and then it begins.
import { Alert, Button, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useEffectEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { ApiError } from "@/api/problem";
import { useDraft } from "@/parts/draft";
import { useErrorText } from "@/parts/failure";
import { useOpening } from "@/parts/later";
import { LoadingLines } from "@/parts/loading";
import { type BulkDraft, DeedForm, isSaid } from "./forms";
import { type BulkKind, kindOf } from "./kinds";
import { useBulkNews } from "./news";
import { Preview } from "./preview";
import { type Ahead, bulkPath, previewBulk, startBulk } from "./queries";
import type { Chosen } from "./selection";
import { useBulkText } from "./text";

type Props = {
  kind: BulkKind;
  opened: boolean;
  close: () => void;
  chosen: Chosen;
  /** How many they are, once that is known. */
  count: number | null;
  started: () => void;
};

export function BulkDialog({ opened, ...form }: Props) {
  const t = useTranslations("bulk");
  const isOpen = useOpening(opened);
  return (
    <Modal
      size="lg"
      opened={isOpen}
      onClose={form.close}
      title={t(`kinds.${form.kind}`)}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <Steps {...form} />
    </Modal>
  );
}

function Steps({ kind, close, chosen, count, started }: Omit<Props, "opened">) {
  const { fresh, hasForm } = kindOf(kind);
  const draft: BulkDraft = useDraft({ action: fresh });
  const [ahead, setAhead] = useState<Ahead | null>(null);
  const [isRecounted, setRecounted] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    setFailed(null);
    try {
      await act();
    } catch (error) {
      draft.showProblems(error);
      setFailed(error);
      setAhead(null);
    } finally {
      setBusy(false);
    }
  };
  const look = () =>
    attempt(async () => {
      setAhead(await previewBulk({ action: draft.values.action, ...chosen }));
      setRecounted(false);
    });
  const begin = useEffectEvent(look);
  useEffect(() => {
    if (!hasForm) begin();
  }, [hasForm]);
  const queries = useQueryClient();
  const follow = useBulkNews();
  const start = (seen: Ahead) =>
    attempt(async () => {
      const begun = await startBulk(seen).catch((error) => {
        if (error instanceof ApiError && error.code === "count_changed") return null;
        throw error;
      });
      if (!begun) {
        setAhead(await previewBulk(seen.order));
        setRecounted(true);
        return;
      }
      await queries.invalidateQueries({ queryKey: [bulkPath] });
      follow(begun.id);
      close();
      started();
    });
  if (ahead) {
    const back = hasForm ? () => setAhead(null) : undefined;
    const props = { ahead, isRecounted, isBusy, back, close, start: () => start(ahead) };
    return <LookAhead key={ahead.preview.total} {...props} />;
  }
  if (!hasForm && failed === null) return <LoadingLines />;
  return <Question draft={draft} count={count} failed={failed} isBusy={isBusy} close={close} look={look} />;
}

type QuestionProps = {
  draft: BulkDraft;
  count: number | null;
  failed: unknown;
  isBusy: boolean;
  close: () => void;
  look: () => void;
};

function Question({ draft, count, failed, isBusy, close, look }: QuestionProps) {
  const t = useTranslations("bulk");
  const send = (event: FormEvent) => {
    event.preventDefault();
    look();
  };
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        {count !== null && <Text size="sm">{t("someChosen", { count })}</Text>}
        <DeedForm draft={draft} />
        {failed !== null && draft.problems.size === 0 && <Failed error={failed} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={isBusy} disabled={!isSaid(draft.values.action)}>
            {t("preview")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Failed({ error }: { error: unknown }) {
  const textOf = useErrorText();
  return (
    <Alert color="red" role="alert">
      {textOf(error)}
    </Alert>
  );
}

type AheadProps = {
  ahead: Ahead;
  /** Whether others were chosen when it was to begin. */
  isRecounted: boolean;
  isBusy: boolean;
  back: (() => void) | undefined;
  close: () => void;
  start: () => void;
};

function LookAhead({ ahead, isRecounted, isBusy, back, close, start }: AheadProps) {
  const t = useTranslations("bulk");
  const textOf = useBulkText();
  const [typed, setTyped] = useState<number | string>("");
  const { preview } = ahead;
  const { action } = ahead.order;
  const isForever = !preview.canBeUndone;
  // Whoever would not change is counted only where all were looked at.
  const count = preview.lookedAt === preview.total ? preview.changed : preview.total;
  const isOff = count === 0 || (isForever && typed !== count);
  return (
    <Stack gap="md">
      {back && <Text fw={600}>{textOf({ action })}</Text>}
      {isRecounted && (
        <Alert color="yellow" role="alert" p="xs">
          {t("isRecounted")}
        </Alert>
      )}
      <Preview preview={preview} />
      {isForever && count > 0 && (
        <NumberInput
          label={t("typeCount", { count })}
          value={typed}
          onChange={setTyped}
          hideControls
          allowDecimal={false}
          autoComplete="off"
        />
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={back ?? close}>
          {t(back ? "back" : "cancel")}
        </Button>
        <Button color={isForever ? "red.8" : undefined} loading={isBusy} disabled={isOff} onClick={start}>
          {t(`verbs.${action.type}`, { count })}
        </Button>
      </Group>
    </Stack>
  );
}
