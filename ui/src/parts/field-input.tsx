// The input of a custom field, by its kind.
import { type MantineSize, Select, Skeleton, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Field } from "@/api/types";
import { later } from "./later";
import { MomentInput } from "./moment-input";
import { NumberInput } from "./number-input";

const INPUT_PX = 61;
const room = <Skeleton height={INPUT_PX} aria-busy />;
const ManyField = later(() => import("./rare-field-input"), "ManyField", room);
const ListField = later(() => import("./rare-field-input"), "ListField", room);
const JsonField = later(() => import("./rare-field-input"), "JsonField", room);

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
      return <ManyField {...shared} {...clearable} options={field.options} value={value} onChange={onChange} />;
    case "list":
      return <ListField {...shared} {...clearable} value={value} onChange={onChange} />;
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
