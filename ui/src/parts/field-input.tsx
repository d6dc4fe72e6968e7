// The input of a custom field, by its kind.
import { JsonInput, type MantineSize, MultiSelect, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Field } from "@/api/types";
import { MomentInput } from "./moment-input";

type Props = {
  field: Pick<Field, "name" | "kind" | "label" | "options">;
  value: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
  /** In place of the name of the field. */
  label?: string;
  size?: MantineSize;
};

export function FieldInput({ field, value, error, onChange, label, size }: Props) {
  const t = useTranslations("parts");
  const shared = { label: label ?? (field.label || field.name), error, size };
  const clearable = { clearable: true, clearButtonProps: { "aria-label": t("notSet") } };
  switch (field.kind) {
    case "number":
      return (
        <NumberInput
          {...shared}
          value={typeof value === "number" ? value : ""}
          onChange={(next) => onChange(next === "" ? null : next)}
        />
      );
    case "boolean":
      return <YesNo {...shared} value={value === true || value === false ? value : null} onChange={onChange} />;
    case "date":
    case "datetime":
      return (
        <MomentInput
          {...shared}
          kind={field.kind}
          value={typeof value === "string" ? value : null}
          onChange={onChange}
        />
      );
    case "select":
      return (
        <Select
          {...shared}
          {...clearable}
          data={field.options}
          value={typeof value === "string" ? value : null}
          onChange={onChange}
        />
      );
    case "multiselect":
      return <MultiSelect {...shared} {...clearable} data={field.options} value={texts(value)} onChange={onChange} />;
    case "list":
      return <TagsInput {...shared} {...clearable} value={texts(value)} onChange={onChange} acceptValueOnBlur />;
    case "json":
      return <JsonField {...shared} value={value} onChange={onChange} />;
    default:
      return (
        <TextInput
          {...shared}
          value={value === null || value === undefined ? "" : String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

type YesNoProps = {
  label: string;
  error?: string;
  size?: MantineSize;
  value: boolean | null;
  onChange: (value: boolean | null) => void;
};

/** Three answers, because "no" is something other than "never said". */
function YesNo({ value, onChange, ...shared }: YesNoProps) {
  const t = useTranslations("parts");
  return (
    <Select
      {...shared}
      value={value === null ? "unset" : String(value)}
      onChange={(next) => onChange(next === "unset" ? null : next === "true")}
      allowDeselect={false}
      data={[
        { value: "unset", label: t("notSet") },
        { value: "true", label: t("yes") },
        { value: "false", label: t("no") },
      ]}
    />
  );
}

type JsonProps = {
  label: string;
  error?: string;
  size?: MantineSize;
  value: unknown;
  onChange: (value: unknown) => void;
};

/** Half-typed JSON stays in the input; only what can be read becomes the value. */
function JsonField({ error, value, onChange, ...shared }: JsonProps) {
  const t = useTranslations("parts");
  const [text, setText] = useState(value === null || value === undefined ? "" : JSON.stringify(value, null, 2));
  const change = (next: string) => {
    setText(next);
    if (next.trim() === "") onChange(null);
    else if (isJson(next)) onChange(JSON.parse(next));
  };
  const isWrong = text.trim() !== "" && !isJson(text);
  return (
    <JsonInput
      {...shared}
      error={error ?? (isWrong ? t("notJson") : undefined)}
      autosize
      minRows={2}
      maxRows={12}
      value={text}
      onChange={change}
      ff="monospace"
    />
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
