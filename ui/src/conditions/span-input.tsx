// A span of time as a number and a unit.
import { Group, Select } from "@mantine/core";
import { useTranslations } from "use-intl";
import { NumberInput } from "@/parts/number-input";
import { useBuilder } from "./context";
import { readSpan, type Unit, units, writeSpan } from "./duration";

const COUNT_MAX = 100_000;

export function SpanInput({
  value,
  label,
  onChange,
}: {
  value: unknown;
  label: string;
  onChange: (text: string) => void;
}) {
  const t = useTranslations("conditions");
  const { readOnly } = useBuilder();
  const span = readSpan(value) ?? { count: 30, unit: "days" as Unit };
  return (
    <Group gap={4} wrap="nowrap">
      <NumberInput
        size="xs"
        w={70}
        min={1}
        max={COUNT_MAX}
        allowDecimal={false}
        allowNegative={false}
        hideControls
        aria-label={label}
        disabled={readOnly}
        value={span.count}
        onChange={(count) => typeof count === "number" && count >= 1 && onChange(writeSpan({ ...span, count }))}
      />
      <Select
        size="xs"
        w={105}
        aria-label={t("builder.unit")}
        disabled={readOnly}
        value={span.unit}
        onChange={(unit) => unit !== null && onChange(writeSpan({ ...span, unit: unit as Unit }))}
        allowDeselect={false}
        data={units.map((unit) => ({ value: unit, label: t(`units.${unit}`) }))}
      />
    </Group>
  );
}
