// What a leaf is compared with: the input that fits the kind of value and the comparison.
import { Box, Select, Text, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { later } from "@/parts/later";
import { MomentInput, toLocal } from "@/parts/moment-input";
import { NumberInput } from "@/parts/number-input";
import { useBuilder } from "./context";
import type { Option } from "./many-input";
import { shapeOf, takesWhole } from "./operators";
import { SpanInput } from "./span-input";
import type { Source } from "./suggestions";
import { SuggestedInput } from "./text-input";
import type { Comparison } from "./types";

const ManyInput = later(() => import("./many-input"), "ManyInput", <Box w={260} h={30} aria-busy />);

type Props<T> = {
  leaf: T;
  kind: string;
  options: Option[];
  /** Where values may be suggested from. */
  source?: Source;
  onChange: (leaf: T) => void;
};

export function ValueInput<T extends Comparison>({ leaf, kind, options, source, onChange }: Props<T>) {
  const t = useTranslations("conditions.builder");
  const { readOnly } = useBuilder();
  const shape = shapeOf(leaf.op);
  const setValue = (value: unknown) => onChange({ ...leaf, value });
  if (shape === "none") return null;
  if (shape === "many") {
    const values = (leaf.values ?? []).map(String);
    const setValues = (next: string[]) => onChange({ ...leaf, values: next });
    return <ManyInput values={values} options={options} source={source} onChange={setValues} />;
  }
  if (shape === "span") return <SpanInput value={leaf.value} label={t("value")} onChange={setValue} />;
  if (shape === "number") {
    return (
      <OneInput
        value={leaf.value}
        kind="number"
        options={[]}
        label={t("value")}
        onChange={setValue}
        disabled={readOnly}
      />
    );
  }
  if (shape === "range") {
    const setTo = (to: unknown) => onChange({ ...leaf, to });
    return (
      <>
        <OneInput
          value={leaf.value}
          kind={kind}
          options={[]}
          label={t("from")}
          onChange={setValue}
          disabled={readOnly}
        />
        <Text size="sm">{t("and")}</Text>
        <OneInput value={leaf.to} kind={kind} options={[]} label={t("to")} onChange={setTo} disabled={readOnly} />
      </>
    );
  }
  return (
    <OneInput
      value={leaf.value}
      kind={kind}
      options={takesWhole(leaf.op) ? options : []}
      source={takesWhole(leaf.op) ? source : undefined}
      label={t("value")}
      onChange={setValue}
      disabled={readOnly}
    />
  );
}

type OneProps = {
  value: unknown;
  kind: string;
  options: Option[];
  source?: Source;
  label: string;
  onChange: (value: unknown) => void;
  disabled: boolean;
};

function OneInput({ value, kind, options, source, label, onChange, disabled }: OneProps) {
  const t = useTranslations("parts");
  const shared = { size: "xs", "aria-label": label, disabled } as const;
  if (kind === "number") {
    return (
      <NumberInput
        {...shared}
        w={110}
        hideControls
        value={typeof value === "number" ? value : ""}
        onChange={(next) => onChange(typeof next === "number" ? next : undefined)}
      />
    );
  }
  if (kind === "boolean") {
    const data = [
      { value: "true", label: t("yes") },
      { value: "false", label: t("no") },
    ];
    const chosen = typeof value === "boolean" ? String(value) : null;
    return (
      <Select
        {...shared}
        w={110}
        data={data}
        value={chosen}
        onChange={(next) => onChange(next === "true")}
        allowDeselect={false}
      />
    );
  }
  if (kind === "date" || kind === "datetime") {
    // A day is enough for both kinds: for a moment it means that day in the customer's time zone.
    return (
      <MomentInput {...shared} w={kind === "date" ? 150 : 150} kind="date" value={dayOf(value)} onChange={onChange} />
    );
  }
  if (options.length > 0) {
    return (
      <Select
        {...shared}
        w={180}
        searchable
        data={options}
        value={(value as string) ?? null}
        onChange={onChange}
        allowDeselect={false}
      />
    );
  }
  const text = value === undefined || value === null ? "" : String(value);
  if (source) return <SuggestedInput {...shared} value={text} onChange={onChange} source={source} />;
  return <TextInput {...shared} w={180} value={text} onChange={(event) => onChange(event.currentTarget.value)} />;
}

/** A moment is shown by its day in the reader's calendar. */
function dayOf(value: unknown): string | null {
  if (typeof value !== "string") return null;
  return (value.includes("T") ? toLocal(value) : value).slice(0, 10);
}
