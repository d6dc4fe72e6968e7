// The form of a trigger that waits for changed fields.
import { MultiSelect } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useRuleFields } from "./fields";
import { problemBelow, type SpotProps } from "./spots";

export function FieldsForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("triggers");
  const { settable } = useRuleFields();
  const fields = draft.input<string[]>(`${pointer}/fields`);
  const known = settable.map(({ value, label }) => ({ value, label }));
  const gone = fields.value.filter((name) => !known.some(({ value }) => value === name));
  return (
    <MultiSelect
      size="xs"
      maw={520}
      searchable
      label={t("fields")}
      placeholder={fields.value.length === 0 ? t("anyField") : undefined}
      value={fields.value}
      onChange={fields.onChange}
      error={problemBelow(draft, `${pointer}/fields`)}
      data={[...known, ...gone.map((value) => ({ value, label: value }))]}
    />
  );
}
