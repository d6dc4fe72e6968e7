// Chooses a field of customers. One that is gone stays in sight.
import { Select } from "@mantine/core";
import { fieldOf, type RuleField } from "./fields";

type Props = {
  label: string;
  placeholder: string;
  fields: RuleField[];
  value: string;
  error: string | undefined;
  onChange: (field: string) => void;
};

export function FieldChoice({ fields, value, error, onChange, ...input }: Props) {
  const known = fieldOf(fields, value);
  const data = fields.map((field) => ({ value: field.value, label: field.label }));
  const isGone = value !== "" && fields.length > 0 && known === undefined;
  return (
    <Select
      {...input}
      size="xs"
      w={200}
      searchable
      allowDeselect={false}
      error={error && value === "" ? input.placeholder : error}
      value={(known?.value ?? value) || null}
      onChange={(field) => field !== null && onChange(field)}
      data={isGone ? [...data, { value, label: value }] : data}
    />
  );
}
