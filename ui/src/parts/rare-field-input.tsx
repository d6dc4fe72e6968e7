// The inputs of custom fields of kinds that few have: several choices, a list of words, JSON.
import { JsonInput, type MantineSize, MultiSelect, TagsInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Field } from "@/api/types";

type Props = {
  label: string;
  error?: string;
  size?: MantineSize;
  value: unknown;
  onChange: (value: unknown) => void;
};
type Clearable = { clearable: boolean; clearButtonProps: { "aria-label": string } };

export function ManyField({ options, value, ...props }: Props & Clearable & { options: Field["options"] }) {
  return <MultiSelect {...props} data={options} value={texts(value)} />;
}

export function ListField({ value, ...props }: Props & Clearable) {
  return <TagsInput {...props} value={texts(value)} acceptValueOnBlur />;
}

/** Half-typed JSON stays in the input; only what can be read becomes the value. */
export function JsonField({ error, value, onChange, ...shared }: Props) {
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
