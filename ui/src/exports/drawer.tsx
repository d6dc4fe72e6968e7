// How customers are exported: the format, the columns, and whom it covers.
import { Alert, Button, Checkbox, Drawer, Group, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { get, type Query } from "@/api/client";
import type { Customer, Page } from "@/api/types";
import { useErrorText } from "@/parts/failure";
import { ColumnPicker } from "./column-picker";
import { useExportNews } from "./news";
import { asListed, columnsOf, delimiters, type Format, formats, isNarrowed } from "./order";
import { exportsPath, startExport } from "./queries";

type Props = { opened: boolean; close: () => void; question: Query; shown: string[] };

export function ExportDrawer({ opened, close, question, shown }: Props) {
  const t = useTranslations("exports");
  return (
    <Drawer opened={opened} onClose={close} title={t("drawerTitle")} closeButtonProps={{ "aria-label": t("close") }}>
      <ExportForm close={close} question={question} shown={shown} />
    </Drawer>
  );
}

function ExportForm({ close, question, shown }: Omit<Props, "opened">) {
  const t = useTranslations("exports");
  const textOf = useErrorText();
  const queries = useQueryClient();
  const follow = useExportNews();
  const [format, setFormat] = useState<Format>("csv");
  const [csv, setCsv] = useState<Csv>({ delimiter: ",", bom: true });
  const [columns, setColumns] = useState(() => columnsOf(shown));
  const [failed, setFailed] = useState<unknown>(null);
  const [isSending, setSending] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    setFailed(null);
    try {
      const spelled = format === "csv" ? csv : {};
      const { id } = await startExport({ what: "customers", format, columns, ...asListed(question), ...spelled });
      await queries.invalidateQueries({ queryKey: [exportsPath] });
      follow(id);
      close();
    } catch (error) {
      setFailed(error);
    } finally {
      setSending(false);
    }
  };
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <Covered question={question} />
        <Stack gap={4}>
          <Text size="sm" fw={500} id="export-format">
            {t("format")}
          </Text>
          <SegmentedControl
            aria-labelledby="export-format"
            value={format}
            onChange={(value) => setFormat(value as Format)}
            data={formats.map((value) => ({ value, label: t(`formats.${value}`) }))}
          />
          <Text size="xs" c="dimmed">
            {t(`formatHints.${format}`)}
          </Text>
        </Stack>
        {format === "csv" && <CsvOptions csv={csv} change={setCsv} />}
        <ColumnPicker chosen={columns} choose={setColumns} />
        {failed !== null && (
          <Alert color="red" role="alert">
            {textOf(failed)}
          </Alert>
        )}
        <Text size="xs" c="dimmed">
          {t("keptHint")}
        </Text>
        <Group gap="xs">
          <Button type="submit" loading={isSending} disabled={columns.length === 0}>
            {t("export")}
          </Button>
          <Button variant="default" onClick={close}>
            {t("cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type Csv = { delimiter: string; bom: boolean };

function CsvOptions({ csv, change }: { csv: Csv; change: (csv: Csv) => void }) {
  const t = useTranslations("exports");
  return (
    <Group align="end" gap="md">
      <Select
        w={150}
        label={t("delimiter")}
        value={csv.delimiter}
        onChange={(value) => value !== null && change({ ...csv, delimiter: value })}
        allowDeselect={false}
        data={delimiters.map((value) => ({ value, label: t(`delimiters.${delimiterWords[value]}`) }))}
      />
      <Checkbox
        pb={8}
        label={t("bom")}
        checked={csv.bom}
        onChange={(event) => change({ ...csv, bom: event.currentTarget.checked })}
      />
    </Group>
  );
}

const delimiterWords = { ",": "comma", ";": "semicolon", tab: "tab", "|": "pipe" } as const;

/** How many customers the file will hold, counted now. */
function Covered({ question }: { question: Query }) {
  const t = useTranslations("exports");
  const { data: count } = useQuery({
    queryKey: ["/api/customers", "count", question],
    queryFn: async ({ signal }) => {
      const page = await get<Page<Customer>>("/api/customers", { ...question, limit: 1, count: true }, signal);
      return page.total ?? 0;
    },
  });
  if (count === undefined) return <Text size="sm">{t("counting")}</Text>;
  return (
    <Text size="sm" aria-live="polite">
      {t(isNarrowed(asListed(question)) ? "coversListed" : "coversAll", { count })}
    </Text>
  );
}
