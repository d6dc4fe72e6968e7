// The segments that the settings would make, with how many customers each, or what keeps them from being made.
import { Alert, Code, List, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { ApiError } from "@/api/problem";
import type { PlannedSegment } from "@/api/types";
import { Count } from "@/parts/count";
import { whole } from "@/parts/cursor-list";
import { useErrorText } from "@/parts/failure";
import { Card } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import type { Live } from "./live";

export function Planned({ live }: { live: Live }) {
  const t = useTranslations("builders");
  const { planned, error, isIncomplete } = live;
  const columns: Column<PlannedSegment>[] = [
    { key: "name", label: t("segment"), cell: ({ name }) => name },
    { key: "count", label: t("count"), width: 110, end: true, cell: ({ count }) => <Count of={count} /> },
  ];
  const hint = isIncomplete ? t("incomplete") : planned && !error && t("plannedCount", { count: planned.length });
  return (
    <Card title={t("planned")} hint={hint}>
      {error ? <Refusal live={live} /> : null}
      {planned && !error && !isIncomplete && (
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

/** What stands at its place in the form is only pointed to. */
function Refusal({ live: { error, rest, placed } }: { live: Live }) {
  const t = useTranslations("builders");
  const textOf = useErrorText();
  const isTold = error instanceof ApiError && error.problems.length > 0;
  return (
    <Alert color="red" role="alert">
      {!isTold && textOf(error)}
      {placed.size > 0 && <Text size="sm">{t("wrongRows", { count: placed.size })}</Text>}
      <List size="sm" listStyleType="none">
        {rest.map(({ path, message }) => (
          <List.Item key={`${path} ${message}`}>
            <Code>{path}</Code> {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
