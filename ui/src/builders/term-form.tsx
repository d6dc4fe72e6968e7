// Terms with their phrases and regular expressions, and where the values come from that they are looked for in.
import { Autocomplete, Group, Input, SegmentedControl, Select, Stack, Switch } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useCatalogue } from "@/conditions/catalogue";
import { readSpan, type Unit, units, writeSpan } from "@/conditions/duration";
import { NumberInput } from "@/parts/number-input";
import { FieldSelect } from "./field-select";
import { useInputs } from "./inputs";
import { TermRows } from "./term-rows";

const LATELY = "365d";
const COUNT_MAX = 100_000;

export function TermInputs() {
  const t = useTranslations("builders.form");
  const { get } = useInputs();
  const from = get<string>("/from");
  return (
    <Stack gap="sm">
      <Choice
        label={t("valuesFrom")}
        pointer="/from"
        choices={{ field: t("fromField"), activity: t("fromActivity") }}
      />
      {from === "field" ? (
        <FieldSelect pointer="/source/field" kinds={["text", "select", "list", "multiselect"]} />
      ) : (
        <ActivitySource />
      )}
      <TermRows />
      <Choice label={t("matching")} pointer="/matching" choices={{ every: t("matchEvery"), first: t("matchFirst") }} />
    </Stack>
  );
}

type ChoiceProps = { label: string; pointer: string; choices: Record<string, string> };

function Choice({ label, pointer, choices }: ChoiceProps) {
  const { get, set } = useInputs();
  return (
    <div>
      <Input.Label component="div" display="block">
        {label}
      </Input.Label>
      <SegmentedControl
        aria-label={label}
        value={get<string>(pointer)}
        onChange={(value) => set(pointer, value)}
        data={Object.entries(choices).map(([value, name]) => ({ value, label: name }))}
      />
    </div>
  );
}

function ActivitySource() {
  const t = useTranslations("builders.form");
  const { input } = useInputs();
  const { activityTypes } = useCatalogue();
  const { value: type, ...typeInput } = input<string>("/source/activity/type");
  const attributes = activityTypes.find(({ name }) => name === type)?.attributes ?? [];
  const names = activityTypes.map(({ name, label }) => ({ value: name, label }));
  const isKnown = type === "" || names.some(({ value }) => value === type);
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-start">
        <Select
          label={t("activityType")}
          placeholder={t("chooseType")}
          required
          searchable
          allowDeselect={false}
          data={isKnown ? names : [...names, { value: type, label: type }]}
          value={type === "" ? null : type}
          {...typeInput}
          onChange={(next) => next !== null && typeInput.onChange(next)}
        />
        <Autocomplete
          label={t("attribute")}
          required
          data={attributes.filter(({ kind }) => kind === "text").map(({ name }) => name)}
          {...input<string>("/source/activity/attribute")}
        />
      </Group>
      <Lately />
    </Stack>
  );
}

function Lately() {
  const t = useTranslations("builders.form");
  const unitOf = useTranslations("conditions.units");
  const { value, error, onChange } = useInputs().input<string>("/source/activity/within");
  const span = readSpan(value);
  return (
    <Group gap="xs" align="center">
      <Switch
        label={t("lately")}
        checked={value !== ""}
        onChange={(event) => onChange(event.currentTarget.checked ? LATELY : "")}
      />
      {span && (
        <>
          <NumberInput
            size="xs"
            w={90}
            min={1}
            max={COUNT_MAX}
            allowDecimal={false}
            allowNegative={false}
            hideControls
            aria-label={t("latelyCount")}
            error={error}
            value={span.count}
            onChange={(count) => typeof count === "number" && count >= 1 && onChange(writeSpan({ ...span, count }))}
          />
          <Select
            size="xs"
            w={120}
            aria-label={t("latelyUnit")}
            allowDeselect={false}
            value={span.unit}
            onChange={(unit) => unit !== null && onChange(writeSpan({ ...span, unit: unit as Unit }))}
            data={units.map((unit) => ({ value: unit, label: unitOf(unit) }))}
          />
        </>
      )}
    </Group>
  );
}
