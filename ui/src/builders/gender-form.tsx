// Values of a field as rows, each with the segment it belongs to, and the segment of everybody else.
import { Autocomplete, Box, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { headed } from "@/parts/headed";
import { RowList } from "@/parts/row-list";
import { FieldSelect } from "./field-select";
import { type MappingRow, repeatedValues } from "./forms";
import { useInputs } from "./inputs";

export function GenderInputs() {
  const t = useTranslations("builders.form");
  const { get, set, problem, text } = useInputs();
  const mapping = get<MappingRow[]>("/mapping");
  const hasRest = get<boolean>("/hasRest");
  return (
    <Stack gap="sm">
      <FieldSelect pointer="/field" kinds={["text", "select"]} />
      <Box role="group" aria-label={t("mapping")}>
        <Text size="sm" fw={550}>
          {t("mapping")}
        </Text>
        <Text size="xs" c="dimmed" mb={6}>
          {t("mappingHint")}
        </Text>
        <RowList
          rows={mapping}
          onChange={(rows) => set("/mapping", rows)}
          fresh={(): MappingRow => ({ value: "", segment: "" })}
          row={(place) => <MappingInputs place={place} mapping={mapping} />}
          problem={problem("/mapping")}
          headed
          labels={{ add: t("addValue"), remove: (number) => t("removeValue", { number }) }}
        />
      </Box>
      <Switch
        label={t("hasRest")}
        description={t("hasRestHint")}
        checked={hasRest}
        onChange={(event) => set("/hasRest", event.currentTarget.checked)}
      />
      {hasRest && <TextInput label={t("rest")} required maw={340} {...text("/notSet")} />}
    </Stack>
  );
}

function MappingInputs({ place, mapping }: { place: number; mapping: MappingRow[] }) {
  const t = useTranslations("builders.form");
  const { text, input } = useInputs();
  const { error, ...value } = text(`/mapping/${place}/value`);
  const segments = [...new Set(mapping.map(({ segment }) => segment.trim()))].filter((segment) => segment !== "");
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <TextInput
        flex={1}
        size="xs"
        {...headed(place, t("value"))}
        {...value}
        error={repeatedValues(mapping).has(place) ? t("valueTwice") : error}
      />
      <Autocomplete
        flex={1}
        size="xs"
        {...headed(place, t("segment"))}
        data={segments}
        {...input<string>(`/mapping/${place}/segment`)}
      />
    </Group>
  );
}
