// Suppresses all addresses of a text or a text file, and says what became of its lines.
import { Alert, Button, FileButton, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { IconFile } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { address, post } from "@/api/client";
import type { SuppressionImport } from "@/api/types";
import { useToasts } from "@/parts/toasts";
import { suppressionsPath } from "./queries";
import { ReasonChoice } from "./suppress-dialog";

type Props = { opened: boolean; close: () => void };

export function SuppressionImportDialog({ opened, close }: Props) {
  const t = useTranslations("mail");
  const parts = useTranslations("parts");
  const [report, setReport] = useState<SuppressionImport | null>(null);
  const finish = () => {
    close();
    setReport(null);
  };
  return (
    <Modal
      opened={opened}
      onClose={finish}
      title={t("importTitle")}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {report ? <Report report={report} finish={finish} /> : <ImportForm done={setReport} />}
    </Modal>
  );
}

function ImportForm({ done }: { done: (report: SuppressionImport) => void }) {
  const t = useTranslations("mail");
  const toasts = useToasts();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const [reason, setReason] = useState<string | null>("manual");
  const [isSending, setSending] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    try {
      const body = new Blob([text], { type: "text/plain" });
      done(await post<SuppressionImport>(address(`${suppressionsPath}/import`, { reason }), body));
      await queries.invalidateQueries({ queryKey: [suppressionsPath] });
    } catch (error) {
      toasts.failed(error);
    } finally {
      setSending(false);
    }
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        <Textarea
          label={t("importText")}
          description={t("importTextHint")}
          placeholder={"nobody@example.com\nsomebody@example.com"}
          autosize
          minRows={6}
          maxRows={14}
          spellCheck={false}
          data-autofocus
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <FileButton
          accept="text/plain,text/csv,.txt,.csv"
          onChange={async (file) => file && setText(await file.text())}
        >
          {(button) => (
            <Button {...button} variant="default" size="xs" w="fit-content" leftSection={<IconFile size={14} />}>
              {t("importFile")}
            </Button>
          )}
        </FileButton>
        <ReasonChoice value={reason} onChange={setReason} />
        <Group>
          <Button type="submit" loading={isSending} disabled={text.trim() === ""}>
            {t("importVerb")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Report({ report, finish }: { report: SuppressionImport; finish: () => void }) {
  const t = useTranslations("mail");
  const { added, known, refused, refusedCount } = report;
  return (
    <Stack gap="sm">
      <Text size="sm">{t("importDone", { added })}</Text>
      {known > 0 && <Text size="sm">{t("importKnown", { count: known })}</Text>}
      {refusedCount > 0 && (
        <Alert color="orange">
          {t("importRefused", { count: refusedCount })} {refused.join(", ")}
          {refused.length < refusedCount && " …"}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button onClick={finish} data-autofocus>
          {t("finish")}
        </Button>
      </Group>
    </Stack>
  );
}
