// Undoing an import, from the look at its consequences to its start.
import { Alert, Button, Group, Modal, Radio, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Import, ImportUndoPreview } from "@/api/types";
import { trayQueryKey } from "@/jobs/queries";
import { useErrorText } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { useToasts } from "@/parts/toasts";
import { useRefusalText } from "@/refusals";
import { useMay } from "@/shell/session";
import { importsPath } from "./queries";
import { Figures } from "./undo-figures";
import { Consequence, Subject } from "./undo-outcomes";
import { type Kept, startUndo, undoDeletes, undoPreviewQuery } from "./undo-queries";

export function UndoButton({ one }: { one: Import }) {
  const t = useTranslations("transfer.undo");
  const may = useMay();
  const [isOpen, dialog] = useDisclosure(false);
  const maySee = may("customers:read") && (one.kind !== "activities" || may("activities:read"));
  const mayUndo = maySee && (!undoDeletes(one) || may("customers:delete"));
  if (!one.isUndoable || !mayUndo) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconArrowBackUp size={16} />} onClick={dialog.open}>
        {t(one.undo === null ? "open" : "goOn")}
      </Button>
      <Modal
        size="lg"
        opened={isOpen}
        onClose={dialog.close}
        title={t("title", { name: one.fileName })}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <LookAhead one={one} close={dialog.close} />
      </Modal>
    </>
  );
}

function LookAhead({ one, close }: { one: Import; close: () => void }) {
  const t = useTranslations("transfer.undo");
  const textOf = useErrorText();
  const toasts = useToasts();
  const queries = useQueryClient();
  // What others changed of activities goes only by someone who may do that.
  const mayDelete = useMay()("activities:write") || one.kind !== "activities";
  const [kept, setKept] = useState<Kept>((mayDelete && one.undo?.fate) || "keep");
  const [isBusy, setBusy] = useState(false);
  const { data: preview, error } = useQuery(undoPreviewQuery(one.id, kept));
  const start = async () => {
    setBusy(true);
    try {
      await startUndo(one.id, kept);
      close();
    } catch (failure) {
      toasts.failed(failure);
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ queryKey: [importsPath] });
      await queries.invalidateQueries({ queryKey: trayQueryKey });
    }
  };
  return (
    <Stack gap="md">
      <Text size="sm">{t(`text.${one.kind}`)}</Text>
      {one.kind !== "members" && (
        <Radio.Group
          label={t("question")}
          value={kept}
          onChange={(value) => setKept(value === "delete" ? value : "keep")}
        >
          <Stack gap={6} mt={6}>
            <Radio value="keep" label={t("keep")} description={t("keepHint")} />
            <Radio value="delete" disabled={!mayDelete} label={t("delete")} description={t("deleteHint")} />
          </Stack>
        </Radio.Group>
      )}
      {error && (
        <Alert color="red" role="alert">
          {textOf(error)}
        </Alert>
      )}
      {preview && <Preview preview={preview} />}
      {!preview && !error && <LoadingLines lines={4} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {t("cancel")}
        </Button>
        <Button color="red.8" loading={isBusy} disabled={!preview} onClick={start}>
          {t("start")}
        </Button>
      </Group>
    </Stack>
  );
}

function Preview({ preview }: { preview: ImportUndoPreview }) {
  const t = useTranslations("transfer.undo");
  const refusalText = useRefusalText();
  const { total, lookedAt, reasons, samples } = preview;
  return (
    <Stack gap="xs" aria-live="polite">
      <Text size="sm" c="dimmed">
        {lookedAt < total ? t("lookedAtLast", { total, lookedAt }) : t("lookedAtAll", { total })}
      </Text>
      <Figures of={preview} words="ahead" />
      {reasons.map((reason) => (
        <Text key={reason.code} size="sm" c="dimmed">
          {t("reason", { count: reason.count, message: refusalText(reason) })}
        </Text>
      ))}
      {samples.length > 0 && <Samples samples={samples} />}
    </Stack>
  );
}

function Samples({ samples }: Pick<ImportUndoPreview, "samples">) {
  const t = useTranslations("transfer.undo");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by keyboard
    <section style={{ maxHeight: 240, overflow: "auto" }} aria-label={t("samples")} tabIndex={0}>
      <Table fz="sm" verticalSpacing={5} aria-label={t("samples")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("what")}</Table.Th>
            <Table.Th>{t("becomes")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {samples.map((sample) => (
            <Table.Tr
              key={`${sample.row} ${sample.subject} ${sample.subjectId} ${sample.customerId} ${sample.outcome}`}
            >
              <Table.Td>
                <Subject of={sample} />
              </Table.Td>
              <Table.Td>
                <Consequence of={sample} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
