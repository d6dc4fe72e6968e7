// Several values that a leaf is compared with: chosen, or written one after the other.
import { MultiSelect, TagsInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useBuilder } from "./context";

export type Option = { value: string; label: string };
type Props = { values: string[]; options: Option[]; onChange: (values: string[]) => void };

export function ManyInput({ values, options, onChange }: Props) {
  const t = useTranslations("conditions.builder");
  const { readOnly } = useBuilder();
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
      splitChars={[",", ";"]}
      acceptValueOnBlur
    />
  );
}
