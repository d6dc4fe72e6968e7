// The undoing of an import: how far it is, what came of it, and what was left as it was and why.
import { Alert, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Import, ImportUndo, ImportUndoOutcome } from "@/api/types";
import { ChangeList } from "@/bulk/changes";
import { useFollowed } from "@/jobs/follow";
import { jobsPath } from "@/jobs/queries";
import { ConfirmButton } from "@/parts/confirm";
import { Count } from "@/parts/count";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { type Column, Rows } from "@/parts/rows";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useRefusalText } from "@/refusals";
import { useMay } from "@/shell/session";
import { allOf, download, keptCsv } from "./problems-file";
import { hasEnded } from "./queries";
import { Figures } from "./undo-figures";
import { Subject, useReasons } from "./undo-outcomes";
import { undoPath } from "./undo-queries";

type Props = { one: Import; undo: ImportUndo; refetch: () => void };

export function UndoReport({ one, undo, refetch }: Props) {
  const t = useTranslations("transfer.undo");
  const may = useMay();
  const refusalText = useRefusalText();
  const isOver = hasEnded(undo.state);
  useFollowed(undo.jobId && !isOver ? [undo.jobId] : [], refetch);
  const percent = undo.total > 0 ? Math.floor((100 * undo.done) / undo.total) : 0;
  const stop = async () => {
    await post(`${jobsPath}/${undo.jobId}/cancel`);
    refetch();
  };
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="xs">
        <Text size="sm" aria-live="polite">
          {t(`states.${undo.state}`)} · {undo.owner.name} · <When at={undo.finishedAt ?? undo.createdAt} />
        </Text>
        {!isOver && undo.jobId !== null && may("jobs:write") && (
          <ConfirmButton
            size="compact-sm"
            label={t("stop")}
            title={t("stopTitle")}
            text={t("stopText")}
            verb={t("stop")}
            act={stop}
          />
        )}
      </Group>
      {undo.state !== "done" && (
        <Progress value={percent} color={undo.state === "failed" ? "red" : "pine"} aria-label={t("progress")} />
      )}
      <Figures of={undo} words="done" />
      {undo.error && (
        <Alert color="red" role="alert">
          {refusalText({ message: undo.error })}
        </Alert>
      )}
      {isOver && undo.kept > 0 && may("customers:read") && <KeptList one={one} />}
    </Stack>
  );
}

function KeptList({ one }: { one: Import }) {
  const t = useTranslations("transfer");
  const path = `${undoPath(one.id)}/kept`;
  const list = useCursorList<ImportUndoOutcome>(path);
  const reasons = useReasons();
  const columns: Column<ImportUndoOutcome>[] = [
    { key: "row", label: t("row"), width: 90, cell: ({ row }) => <Count of={row === 0 ? null : row} /> },
    { key: "what", label: t("undo.what"), cell: (outcome) => <Subject of={outcome} /> },
    { key: "why", label: t("why"), cell: reasons },
    {
      key: "changes",
      label: t("undo.stays"),
      roomyOnly: true,
      cell: ({ changes }) => <ChangeList changes={changes} />,
    },
  ];
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={500}>
          {t("undo.keptTitle")}
        </Text>
        <DownloadButton path={path} fileName={one.fileName} />
      </Group>
      <div className="card">
        <Rows
          label={t("undo.keptTitle")}
          wrapping
          columns={columns}
          list={list}
          keyOf={({ row, subject, subjectId, customerId }) => `${row} ${subject} ${subjectId} ${customerId}`}
          empty={<Empty title={t("undo.nothingKept")} />}
        />
      </div>
    </Stack>
  );
}

function DownloadButton({ path, fileName }: { path: string; fileName: string }) {
  const t = useTranslations("transfer");
  const toasts = useToasts();
  const [isBusy, setBusy] = useState(false);
  const act = async () => {
    setBusy(true);
    try {
      download(`${fileName}.kept.csv`, keptCsv(await allOf<ImportUndoOutcome>(path)));
    } catch (error) {
      toasts.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} />} loading={isBusy} onClick={act}>
      {t("downloadProblems")}
    </Button>
  );
}
