// Values that none of a builder's saved terms covers, each a step away from being a phrase of one.
import { Button, Menu, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { SegmentBuilder, UncoveredValue } from "@/api/types";
import { Count } from "@/parts/count";
import { useCursorList } from "@/parts/cursor-list";
import type { Draft } from "@/parts/draft";
import { Card } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useMay } from "@/shell/session";
import { type TermForm, termWith } from "./forms";
import { buildersPath } from "./queries";
import type { BuilderValues } from "./values";

export function uncoveredPath({ id }: SegmentBuilder): string {
  return `${buildersPath}/${id}/uncovered`;
}

export function Uncovered({ builder, draft }: { builder: SegmentBuilder; draft: Draft<BuilderValues> }) {
  const t = useTranslations("builders");
  const may = useMay();
  const list = useCursorList<UncoveredValue>(uncoveredPath(builder));
  const columns: Column<UncoveredValue>[] = [
    { key: "value", label: t("value"), cell: ({ value }) => value },
    { key: "count", label: t("occurs"), width: 110, end: true, cell: ({ count }) => <Count of={count} /> },
  ];
  if (draft.values.settings !== null && may("segments:write")) {
    columns.push({
      key: "add",
      label: t("toTerm"),
      width: 150,
      cell: ({ value }) => <AddToTerm value={value} form={draft.values.settings as TermForm} draft={draft} />,
    });
  }
  return (
    <Card title={t("uncovered")} hint={t("uncoveredHint")}>
      <Rows
        label={t("uncovered")}
        columns={columns}
        list={list}
        keyOf={({ value }) => value}
        empty={<Text size="sm">{t("allCovered")}</Text>}
        compact
      />
    </Card>
  );
}

type AddProps = { value: string; form: TermForm; draft: Draft<BuilderValues> };

function AddToTerm({ value, form: { terms }, draft }: AddProps) {
  const t = useTranslations("builders");
  const phrase = { isPattern: false, text: value };
  const has = termWith(terms, value);
  if (has !== undefined) {
    return (
      <Text size="sm" c="dimmed">
        {t("inTerm", { term: has })}
      </Text>
    );
  }
  const add = (place: number) =>
    draft.set(
      "/settings/terms",
      terms.map((term, other) => (other === place ? { ...term, phrases: [...term.phrases, phrase] } : term)),
    );
  return (
    <Menu>
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={13} />}
          aria-label={t("toTermOf", { value })}
        >
          {t("toTerm")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
        {terms.map(({ term }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a term is its place in the list
          <Menu.Item key={place} onClick={() => add(place)}>
            {term || t("form.termNumber", { name: place + 1 })}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => draft.set("/settings/terms", [...terms, { term: value, phrases: [phrase] }])}>
          {t("newTerm", { value })}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
