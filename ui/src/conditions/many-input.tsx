// Several values that a leaf is compared with: chosen, or written one after the other.
import { MultiSelect, TagsInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useBuilder } from "./context";
import { type Source, useSuggested } from "./suggestions";

export type Option = { value: string; label: string };
type Props = { values: string[]; options: Option[]; source?: Source; onChange: (values: string[]) => void };

export function ManyInput({ values, options, source, onChange }: Props) {
  const t = useTranslations("conditions.builder");
  const { readOnly } = useBuilder();
  const [text, setText] = useState("");
  const [opened, setOpened] = useState(false);
  const suggested = useSuggested(source, text, opened && options.length === 0);
  if (options.length > 0) {
    return (
      <MultiSelect
        size="xs"
        w={260}
        aria-label={t("value")}
        data={options}
        value={values}
        onChange={onChange}
        disabled={readOnly}
      />
    );
  }
  return (
    <TagsInput
      size="xs"
      w={260}
      aria-label={t("values")}
      placeholder={values.length === 0 ? t("values") : undefined}
      value={values}
      onChange={onChange}
      disabled={readOnly}
      data={suggested.map(({ value }) => value)}
      comboboxProps={{ keepMounted: false }}
      searchValue={text}
      onSearchChange={setText}
      onDropdownOpen={() => setOpened(true)}
      splitChars={[",", ";"]}
      acceptValueOnBlur
    />
  );
}
