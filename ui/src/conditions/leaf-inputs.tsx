// The inputs of the simple rows: a field, a segment.
import { ActionIcon, Button, Select, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useBuilder } from "./context";
import { countOperators, operatorsFor, withOperator } from "./operators";
import { countLabel, operatorLabel } from "./sentence";
import type { Comparison, FieldLeaf, SegmentLeaf } from "./types";
import { ValueInput } from "./value-input";

export function FieldInputs({ leaf, pointer }: { leaf: FieldLeaf; pointer: string }) {
  const t = useTranslations("conditions.builder");
  const { catalogue, replace, readOnly } = useBuilder();
  const field = catalogue.fields.find(({ name }) => name === leaf.name);
  const kind = field?.kind ?? "text";
  const choose = (name: string | null) => {
    const chosen = catalogue.fields.find((candidate) => candidate.name === name);
    if (chosen)
      replace(pointer, { fact: "field", name: chosen.name, op: operatorsFor(chosen.kind, catalogue)[0] ?? "eq" });
  };
  return (
    <>
      <Select
        size="xs"
        w={170}
        searchable
        aria-label={t("field")}
        disabled={readOnly}
        value={leaf.name}
        onChange={choose}
        allowDeselect={false}
        data={options(catalogue.fields, leaf.name)}
      />
      <OperatorSelect leaf={leaf} kind={kind} onChange={(next) => replace(pointer, next)} />
      <ValueInput
        leaf={leaf}
        kind={kind}
        options={field?.options ?? []}
        source={kind === "text" || kind === "list" ? { fact: "field", name: leaf.name } : undefined}
        onChange={(next) => replace(pointer, next)}
      />
    </>
  );
}

export function SegmentInputs({ leaf, pointer }: { leaf: SegmentLeaf; pointer: string }) {
  const t = useTranslations("conditions.builder");
  const { catalogue, replace, readOnly } = useBuilder();
  const id = leaf.id ?? catalogue.segments.find(({ reference }) => reference && reference === leaf.reference)?.id;
  const choose = (value: string | null) => {
    const { reference: _, ...kept } = leaf;
    if (value !== null) replace(pointer, { ...kept, id: Number(value) });
  };
  return (
    <>
      <Select
        size="xs"
        w={120}
        aria-label={t("membership")}
        disabled={readOnly}
        value={leaf.op ?? "in"}
        onChange={(op) => replace(pointer, { ...leaf, op: op === "not_in" ? "not_in" : "in" })}
        allowDeselect={false}
        data={[
          { value: "in", label: t("in") },
          { value: "not_in", label: t("notIn") },
        ]}
      />
      <Select
        size="xs"
        w={240}
        searchable
        aria-label={t("segment")}
        placeholder={t("choose")}
        disabled={readOnly}
        value={id === undefined ? null : String(id)}
        onChange={choose}
        allowDeselect={false}
        data={catalogue.segments.map((segment) => ({
          value: String(segment.id),
          label: `${segment.name} · ${segment.groupName}`,
        }))}
      />
      <CounterInputs leaf={leaf} onChange={(next) => replace(pointer, next)} />
    </>
  );
}

/** How often the segment was applied to its members. */
function CounterInputs({ leaf, onChange }: { leaf: SegmentLeaf; onChange: (leaf: SegmentLeaf) => void }) {
  const t = useTranslations("conditions.builder");
  const { readOnly } = useBuilder();
  if (leaf.counter === undefined) {
    if (readOnly) return null;
    return (
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconPlus size={13} />}
        onClick={() => onChange({ ...leaf, counter: { op: "gte", value: 2 } })}
      >
        {t("addCounter")}
      </Button>
    );
  }
  const change = (counter: Comparison) => onChange({ ...leaf, counter });
  const { counter: _, ...without } = leaf;
  return (
    <>
      <OperatorSelect leaf={leaf.counter} kind="number" only={countOperators} counts onChange={change} />
      <ValueInput leaf={leaf.counter} kind="number" options={[]} onChange={change} />
      <Text size="sm">{t("times")}</Text>
      {!readOnly && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={t("removeCounter")}
          onClick={() => onChange(without)}
        >
          <IconX size={14} />
        </ActionIcon>
      )}
    </>
  );
}

type OperatorProps<T> = {
  leaf: T;
  kind: string;
  only?: string[];
  /** How often something happened, which has shorter words. */
  counts?: boolean;
  onChange: (leaf: T) => void;
};

export function OperatorSelect<T extends Comparison>({ leaf, kind, only, counts = false, onChange }: OperatorProps<T>) {
  const t = useTranslations("conditions");
  const { catalogue, readOnly } = useBuilder();
  const offered = only ?? operatorsFor(kind, catalogue);
  const all = offered.includes(leaf.op) ? offered : [...offered, leaf.op];
  return (
    <Select
      size="xs"
      w={counts ? 120 : 165}
      aria-label={t("builder.operator")}
      disabled={readOnly}
      value={leaf.op}
      onChange={(op) => op !== null && onChange(withOperator(leaf, op))}
      allowDeselect={false}
      data={all.map((op) => ({ value: op, label: counts ? countLabel(op, t) : operatorLabel(op, t) }))}
    />
  );
}

/** A name the server no longer knows stays choosable, or the row would silently show another. */
function options(known: { name: string; label: string }[], chosen: string) {
  const all = known.map(({ name, label }) => ({ value: name, label: label || name }));
  return all.some(({ value }) => value === chosen) ? all : [...all, { value: chosen, label: chosen }];
}
