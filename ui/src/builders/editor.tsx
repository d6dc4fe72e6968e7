// The form of a builder: its name and its settings as JSON, explained by its kind, beside the segments they would make.
import { Alert, Code, Grid, List, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { ApiError } from "@/api/problem";
import type { PlannedSegment } from "@/api/types";
import { Count } from "@/parts/count";
import { whole } from "@/parts/cursor-list";
import type { Draft } from "@/parts/draft";
import { useErrorText } from "@/parts/failure";
import { Card } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useKindName } from "./kind-name";
import { kindsQuery, plannedQuery } from "./queries";
import { exampleOf, readSettings, settingsOf } from "./settings";

const DEBOUNCE_MS = 350;
const ROWS_MIN = 8;
const ROWS_MAX = 24;

export type BuilderValues = { kind: string; name: string; text: string };
type Props = { draft: Draft<BuilderValues>; isNew: boolean; children?: ReactNode };

export function BuilderEditor({ draft, isNew, children }: Props) {
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <Stack gap="md">
          <SettingsCard draft={draft} isNew={isNew} />
          {children}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <Planned kind={draft.values.kind} text={draft.values.text} />
      </Grid.Col>
    </Grid>
  );
}

function SettingsCard({ draft, isNew }: Props) {
  const t = useTranslations("builders");
  const isUnreadable = readSettings(draft.values.text) === undefined;
  return (
    <Card>
      <Stack gap="sm">
        {isNew && <KindSelect draft={draft} />}
        <TextInput label={t("name")} description={t("nameHint")} required {...draft.text("/name")} />
        <Textarea
          label={t("settings")}
          autosize
          minRows={ROWS_MIN}
          maxRows={ROWS_MAX}
          spellCheck={false}
          classNames={{ input: "code-input" }}
          {...draft.text("/text")}
          error={isUnreadable ? t("noJson") : undefined}
        />
        <Known kind={draft.values.kind} />
      </Stack>
    </Card>
  );
}

/** Another kind means other settings, so the text starts over. */
function KindSelect({ draft }: { draft: Draft<BuilderValues> }) {
  const t = useTranslations("builders");
  const nameOf = useKindName();
  const { data: kinds = [] } = useQuery(kindsQuery);
  const choose = (kind: string | null) => {
    if (kind === null) return;
    draft.set("/kind", kind);
    draft.set("/text", exampleOf(kind));
  };
  return (
    <Select
      label={t("kind")}
      required
      allowDeselect={false}
      error={draft.problem("/kind")}
      value={draft.values.kind}
      onChange={choose}
      data={kinds.map(({ kind }) => ({ value: kind, label: nameOf(kind) }))}
    />
  );
}

function Known({ kind }: { kind: string }) {
  const t = useTranslations("builders");
  const { data: kinds = [] } = useQuery(kindsQuery);
  const known = kinds.find((one) => one.kind === kind);
  if (!known) return null;
  return (
    <div>
      <Text size="sm" mb={4}>
        {known.summary}
      </Text>
      <List size="sm" c="dimmed">
        {settingsOf(known).map(({ name, description, isRequired }) => (
          <List.Item key={name}>
            <Code>{name}</Code> {isRequired && `(${t("required")}) `}
            {description}
          </List.Item>
        ))}
      </List>
    </div>
  );
}

function Planned({ kind, text }: { kind: string; text: string }) {
  const t = useTranslations("builders");
  const [settled] = useDebouncedValue(text, DEBOUNCE_MS);
  const { data: planned, error } = useQuery({
    ...plannedQuery(kind, readSettings(settled)),
    placeholderData: keepPreviousData,
  });
  const columns: Column<PlannedSegment>[] = [
    { key: "name", label: t("segment"), cell: ({ name }) => name },
    { key: "count", label: t("count"), width: 110, end: true, cell: ({ count }) => <Count of={count} /> },
  ];
  return (
    <Card title={t("planned")} hint={planned && t("plannedCount", { count: planned.length })}>
      {error && <Refusal error={error} />}
      {planned && !error && (
        <Rows
          label={t("planned")}
          columns={columns}
          list={whole(planned)}
          keyOf={({ reference }) => reference}
          empty={null}
          compact
        />
      )}
    </Card>
  );
}

function Refusal({ error }: { error: Error }) {
  const textOf = useErrorText();
  const problems = error instanceof ApiError ? error.problems : [];
  return (
    <Alert color="red" role="alert">
      {problems.length === 0 && textOf(error)}
      <List size="sm" listStyleType="none">
        {problems.map(({ path, message }) => (
          <List.Item key={`${path} ${message}`}>
            <Code>{path}</Code> {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
