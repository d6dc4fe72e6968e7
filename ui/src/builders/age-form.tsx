// Ranges of ages as rows.
import { Box, Group, Stack, Text, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { headed } from "@/parts/headed";
import { NumberInput } from "@/parts/number-input";
import { RowList } from "@/parts/row-list";
import { FieldSelect } from "./field-select";
import type { AgeRow } from "./forms";
import { useInputs } from "./inputs";

const AGE_MAX = 149;

export function AgeInputs() {
  const t = useTranslations("builders.form");
  const { get, set, problem } = useInputs();
  const ranges = get<AgeRow[]>("/ranges");
  const fresh = (): AgeRow => {
    const end = ranges.at(-1)?.to;
    return {
      from: typeof end === "number" ? Math.min(end + 1, AGE_MAX) : ranges.length === 0 ? 0 : "",
      to: "",
      name: "",
    };
  };
  return (
    <Stack gap="sm">
      <FieldSelect pointer="/field" kinds={["date"]} />
      <Box role="group" aria-label={t("ranges")}>
        <Text size="sm" fw={550}>
          {t("ranges")}
        </Text>
        <Text size="xs" c="dimmed" mb={6}>
          {t("rangesHint")}
        </Text>
        <RowList
          rows={ranges}
          onChange={(rows) => set("/ranges", rows)}
          fresh={fresh}
          row={(place) => <RangeRow place={place} range={ranges[place]} />}
          problemOf={(place) => problem(`/ranges/${place}`)}
          problem={problem("/ranges")}
          headed
          labels={{
            add: t("addRange"),
            remove: (number) => t("removeRange", { number }),
            up: (number) => t("rangeUp", { number }),
            down: (number) => t("rangeDown", { number }),
          }}
        />
      </Box>
    </Stack>
  );
}

function RangeRow({ place, range }: { place: number; range: AgeRow | undefined }) {
  const t = useTranslations("builders.form");
  const { text } = useInputs();
  if (range === undefined) return null;
  const usual = range.to === "" ? `${range.from}+` : `${range.from} - ${range.to}`;
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <AgeInput pointer={`/ranges/${place}/from`} label={headed(place, t("from"))} />
      <AgeInput pointer={`/ranges/${place}/to`} label={headed(place, t("to"))} placeholder={t("noEnd")} />
      <TextInput
        flex={1}
        miw={90}
        size="xs"
        {...headed(place, t("rangeName"))}
        placeholder={range.from === "" ? undefined : usual}
        {...text(`/ranges/${place}/name`)}
      />
    </Group>
  );
}

type AgeProps = { pointer: string; label: ReturnType<typeof headed>; placeholder?: string };

function AgeInput({ pointer, label, placeholder }: AgeProps) {
  const { value, error, onChange } = useInputs().input<number | "">(pointer);
  return (
    <NumberInput
      w={104}
      size="xs"
      {...label}
      placeholder={placeholder}
      min={0}
      max={AGE_MAX}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      hideControls
      value={value}
      error={error}
      onChange={(next) => onChange(typeof next === "number" ? next : "")}
    />
  );
}
