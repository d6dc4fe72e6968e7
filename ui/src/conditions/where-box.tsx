// The part of an activity row that narrows it down to activities with certain attributes.
import { ActionIcon, Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { AttributeInputs } from "./attribute-inputs";
import { useBuilder } from "./context";
import { asGroup, childPointer, childrenOf, type Mode, modeOf, withMode } from "./model";
import { useSentence } from "./speech";
import { type Condition, isAttribute, type Selection } from "./types";

type Props = { of: Selection; pointer: string };

export function WhereBox({ of, pointer }: Props) {
  const t = useTranslations("conditions.builder");
  const { change: replace, catalogue, readOnly } = useBuilder();
  const group = asGroup(of.where);
  const rows = childrenOf(group);
  const known = catalogue.activityTypes.find(({ name }) => name === of.type)?.attributes ?? [];
  const change = (where: Condition | undefined) => {
    const { where: _, ...rest } = of;
    replace(pointer, where === undefined ? rest : { ...of, where });
  };
  const withRows = (next: Condition[]) =>
    next.length === 0 ? undefined : modeOf(group) === "any" ? { any: next } : { all: next };
  return (
    <Stack gap={6} className="condition-where">
      <Group gap={6}>
        <Text size="sm" c="dimmed">
          {t("where")}
        </Text>
        {rows.length > 1 && <WhereMode group={group} change={change} />}
      </Group>
      {rows.map((row, index) => (
        <WhereRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the tree
          key={index}
          row={row}
          pointer={childPointer(`${pointer}/where`, group, index)}
          known={known}
          type={of.type}
          remove={() => change(withRows(rows.filter((_, place) => place !== index)))}
        />
      ))}
      {!readOnly && (
        <Group>
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPlus size={13} />}
            onClick={() => change(withRows([...rows, { fact: "attribute", name: "", op: "eq" }]))}
          >
            {t("addAttributeRow")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function WhereMode({ group, change }: { group: Condition; change: (where: Condition) => void }) {
  const t = useTranslations("conditions.builder");
  const { readOnly } = useBuilder();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("mode")}
      disabled={readOnly}
      value={modeOf(group)}
      onChange={(mode) => change(withMode(group, mode as Mode))}
      data={[
        { value: "all", label: t("all") },
        { value: "any", label: t("any") },
      ]}
    />
  );
}

type RowProps = {
  row: Condition;
  pointer: string;
  known: { name: string; kind: string }[];
  type?: string;
  remove: () => void;
};

function WhereRow({ row, pointer, known, type, remove }: RowProps) {
  const t = useTranslations("conditions.builder");
  const sentenceOf = useSentence();
  const { readOnly } = useBuilder();
  const what = sentenceOf(row);
  return (
    <Group gap={6} role="group" aria-label={what}>
      {isAttribute(row) ? (
        <AttributeInputs leaf={row} pointer={pointer} known={known} type={type} />
      ) : (
        <Text size="sm">{what}</Text>
      )}
      {!readOnly && (
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("remove", { what })} onClick={remove}>
          <IconX size={14} />
        </ActionIcon>
      )}
    </Group>
  );
}
