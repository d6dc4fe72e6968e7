// One value of a field as people read it: options by their label, days as days, lists as words. Never as JSON, unless it is JSON.
import { Badge, Code, Group, Text } from "@mantine/core";
import { useFormatter, useTranslations } from "use-intl";
import type { FieldKind, FieldOption } from "@/api/types";
import { Day, When } from "@/parts/when";

type Props = { kind: FieldKind; options: FieldOption[]; value: unknown };

export function FieldValue({ kind, options, value }: Props) {
  const t = useTranslations("parts");
  const format = useFormatter();
  if (value === null || value === undefined || value === "") {
    return (
      <Text span c="dimmed" inherit>
        –
      </Text>
    );
  }
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "number")
    return <span className="figures">{format.number(value, { maximumFractionDigits: 6 })}</span>;
  if (Array.isArray(value)) {
    return (
      <Group gap={4} component="span">
        {value.map((item) => (
          <Badge key={String(item)} color="gray">
            {labelOf(options, item)}
          </Badge>
        ))}
      </Group>
    );
  }
  if (typeof value === "object") return <Code>{JSON.stringify(value)}</Code>;
  if (kind === "date") return <Day day={String(value)} />;
  if (kind === "datetime") return <When at={String(value)} exact />;
  return <span>{labelOf(options, value)}</span>;
}

function labelOf(options: FieldOption[], value: unknown): string {
  return options.find((option) => option.value === value)?.label ?? String(value);
}
