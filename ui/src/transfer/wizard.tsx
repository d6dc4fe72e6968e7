// A new import in one card: choose a file, say what its columns are, try it without writing, then run it.
import { Alert, Button, FileInput, Group, Input, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconFile } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Field, ImportKind, ImportOptions } from "@/api/types";
import { fieldsQuery } from "@/customers/queries";
import { useErrorText } from "@/parts/failure";
import { Card } from "@/parts/page";
import { useToasts } from "@/parts/toasts";
import { ColumnMap } from "./column-map";
import { MoreOptions } from "./more-options";
import { importsPath, type Peeked, peek, startImport } from "./queries";
import { ImportReport } from "./report";
import { suggestedMap } from "./targets";

type Chosen = { file: File; peeked: Peeked };

export function Wizard() {
  const t = useTranslations("transfer");
  const textOf = useErrorText();
  const { data: fields = [] } = useQuery(fieldsQuery);
  const [kind, setKind] = useState<ImportKind>("customers");
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [error, setError] = useState<unknown>(null);
  const choose = async (file: File | null) => {
    setChosen(null);
    setError(null);
    if (file === null) return;
    try {
      setChosen({ file, peeked: await peek(file) });
    } catch (cause) {
      setError(cause);
    }
  };
  return (
    <Card title={t("newImport")}>
      <Stack gap="md">
        <Group gap="md" align="flex-end">
          <div>
            <Input.Label component="div" display="block">
              {t("kindQuestion")}
            </Input.Label>
            <SegmentedControl
              aria-label={t("kindQuestion")}
              value={kind}
              onChange={(value) => setKind(value as ImportKind)}
              data={(["customers", "activities"] as const).map((value) => ({
                value,
                label: t(`importKinds.${value}`),
              }))}
            />
          </div>
          <FileInput
            w={340}
            label={t("chooseFile")}
            placeholder={t("chooseFileHint")}
            accept=".csv,.tsv,.txt,.ndjson,.jsonl,text/csv"
            leftSection={<IconFile size={16} aria-hidden />}
            clearable
            clearButtonProps={{ "aria-label": t("clearFile") }}
            onChange={choose}
          />
        </Group>
        {error !== null && (
          <Alert color="red" role="alert">
            {textOf(error)}
          </Alert>
        )}
        {chosen && <Mapping key={`${kind} ${chosen.file.name}`} kind={kind} chosen={chosen} fields={fields} />}
      </Stack>
    </Card>
  );
}

type MappingProps = { kind: ImportKind; chosen: Chosen; fields: Field[] };

function Mapping({ kind, chosen, fields }: MappingProps) {
  const { file, peeked } = chosen;
  const t = useTranslations("transfer");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [map, setMap] = useState(() => suggestedMap(kind, peeked.columns, peeked.rows, fields));
  const [options, setOptions] = useState<ImportOptions>({ createCustomers: true });
  const [tried, setTried] = useState<number | null>(null);
  const [busy, setBusy] = useState<"try" | "run" | null>(null);
  const start = async (dryRun: boolean) => {
    setBusy(dryRun ? "try" : "run");
    try {
      const accepted = await startImport(file, kind, { ...sent(kind, options), map, dryRun });
      await queries.invalidateQueries({ queryKey: [importsPath] });
      await queries.invalidateQueries({ queryKey: ["/api/jobs"] });
      if (dryRun) setTried(accepted.id);
      else await navigate({ to: "/import/$id", params: { id: String(accepted.id) } });
    } catch (error) {
      toasts.failed(error);
    } finally {
      setBusy(null);
    }
  };
  const isMapped = Object.keys(map).length > 0;
  return (
    <Stack gap="md">
      <ColumnMap kind={kind} peeked={peeked} fields={fields} map={map} onChange={setMap} />
      <MoreOptions kind={kind} map={map} options={options} onChange={setOptions} />
      <Group gap="xs">
        <Button variant="default" disabled={!isMapped} loading={busy === "try"} onClick={() => start(true)}>
          {t("tryIt")}
        </Button>
        <Button disabled={!isMapped} loading={busy === "run"} onClick={() => start(false)}>
          {t("run")}
        </Button>
        <Text size="sm" c="dimmed">
          {t("tryHint")}
        </Text>
      </Group>
      {tried !== null && <ImportReport id={tried} />}
    </Stack>
  );
}

/** Options that mean nothing for this kind are left out, or the server would refuse them. */
function sent(kind: ImportKind, options: ImportOptions): ImportOptions {
  const { activityType, createCustomers, rowIds, runRules, ...shared } = options;
  const given = Object.fromEntries(Object.entries(shared).filter(([, value]) => value !== "" && value !== undefined));
  return kind === "customers"
    ? given
    : { ...given, createCustomers, rowIds, runRules, activityType: activityType || undefined };
}
