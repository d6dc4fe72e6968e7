// The field a builder looks at, among those of a kind that it understands.
import { Select } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useCatalogue } from "@/conditions/catalogue";
import { useInputs } from "./inputs";

type Props = { pointer: string; kinds: string[] };

export function FieldSelect({ pointer, kinds }: Props) {
  const t = useTranslations("builders.form");
  const { fields } = useCatalogue();
  const { value, ...input } = useInputs().input<string>(pointer);
  const known = fields.filter(({ kind }) => kinds.includes(kind)).map(({ name, label }) => ({ value: name, label }));
  // One that is no field any more stays in sight, so that it can be seen what is wrong.
  const isKnown = value === "" || known.some((one) => one.value === value);
  return (
    <Select
      label={t("field")}
      placeholder={t("chooseField")}
      required
      searchable
      allowDeselect={false}
      maw={340}
      data={isKnown ? known : [...known, { value, label: value }]}
      value={value === "" ? null : value}
      {...input}
      onChange={(next) => next !== null && input.onChange(next)}
    />
  );
}
