// The options of one step of the save pipeline; most steps have none.
import {
  ActionIcon,
  Autocomplete,
  Button,
  Checkbox,
  Group,
  MultiSelect,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { valueAt } from "@/api/pointer";
import type { CopyRule } from "@/api/types";
import { countryName } from "@/customers/places";
import type { Draft } from "@/parts/draft";
import { headed } from "@/parts/headed";
import { useLanguage } from "@/words/language";
import { useSettableFields } from "./field-choices";
import {
  type GeneralValues,
  problemWithin,
  repeatedSalutations,
  type SalutationRow,
  type StepValues,
  zipCountries,
} from "./general-values";

type Props = { draft: Draft<GeneralValues>; pointer: string };

export function StepOptions({ step, ...at }: Props & { step: StepValues }) {
  if (step.options.countries) return <Countries {...at} />;
  if (step.options.map) return <Salutations {...at} />;
  if (step.options.rules) return <CopyRules {...at} />;
  return null;
}

function Countries({ draft, pointer }: Props) {
  const t = useTranslations("settings.general");
  const { locale } = useLanguage();
  const at = `${pointer}/countries`;
  const chosen = valueAt(draft.values, at) as string[];
  const data = [...new Set([...zipCountries, ...chosen])]
    .map((value) => ({ value, label: countryName(value, locale) ?? value }))
    .sort((one, other) => one.label.localeCompare(other.label, locale));
  return (
    <MultiSelect
      className="step-options"
      label={t("countries")}
      placeholder={chosen.length === 0 ? t("chooseCountries") : undefined}
      hidePickedOptions
      data={data}
      value={chosen}
      error={problemWithin(draft.problems, at)}
      onChange={(next) => draft.set(at, next)}
    />
  );
}

function Salutations({ draft, pointer }: Props) {
  const t = useTranslations("settings.general");
  const at = `${pointer}/map`;
  const rows = valueAt(draft.values, at) as SalutationRow[];
  const repeated = repeatedSalutations(rows);
  return (
    <OptionRows
      draft={draft}
      pointer={at}
      add={t("addSalutation")}
      fresh={{ salutation: "", gender: "" }}
      remove={(number) => t("removeSalutation", { number })}
      row={(place) => {
        const gender = draft.input<string>(`${at}/${place}/gender`);
        const isRepeated = repeated.has(rows[place]?.salutation.trim() ?? "");
        const { error, ...salutation } = draft.text(`${at}/${place}/salutation`);
        return (
          <>
            <TextInput
              flex={1}
              size="xs"
              {...headed(place, t("salutation"))}
              error={error ?? (isRepeated ? t("salutationTwice") : undefined)}
              {...salutation}
            />
            <Autocomplete flex={1} size="xs" {...headed(place, t("gender"))} data={["female", "male"]} {...gender} />
          </>
        );
      }}
    />
  );
}

function CopyRules({ draft, pointer }: Props) {
  const t = useTranslations("settings.general");
  const choices = useSettableFields();
  const at = `${pointer}/rules`;
  const fresh: CopyRule = { from: "", to: "", overwriteIfNotEmpty: false };
  const picker = (place: number, end: "from" | "to", label: string) => {
    const { value, ...input } = draft.input<string | null>(`${at}/${place}/${end}`);
    return (
      <Select
        flex={1}
        miw={100}
        size="xs"
        {...headed(place, label)}
        placeholder={t("chooseField")}
        searchable
        allowDeselect={false}
        data={choices([value ?? ""])}
        value={value === "" ? null : value}
        {...input}
      />
    );
  };
  return (
    <OptionRows
      draft={draft}
      pointer={at}
      add={t("addCopy")}
      fresh={fresh}
      remove={(number) => t("removeCopy", { number })}
      row={(place) => (
        <Group gap="xs" flex={1} align="flex-start">
          {picker(place, "from", t("copyFrom"))}
          {picker(place, "to", t("copyTo"))}
          <Checkbox
            size="sm"
            mt={{ base: 0, sm: place === 0 ? 28 : 5 }}
            label={t("overwrite")}
            {...draft.check(`${at}/${place}/overwriteIfNotEmpty`)}
          />
        </Group>
      )}
    />
  );
}

type RowsProps = Props & {
  row: (place: number) => ReactNode;
  /** What a new row starts with. */
  fresh: object;
  add: string;
  remove: (number: number) => string;
};

function OptionRows({ draft, pointer, row, fresh, add, remove }: RowsProps) {
  const rows = valueAt(draft.values, pointer) as unknown[];
  const problem = draft.problem(pointer);
  return (
    <Stack gap="xs" className="step-options">
      {rows.map((_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the list
        <Group key={place} gap="xs" wrap="nowrap" align="flex-start">
          {row(place)}
          <ActionIcon
            variant="subtle"
            color="gray"
            mt={place === 0 ? 24 : 1}
            aria-label={remove(place + 1)}
            onClick={() =>
              draft.set(
                pointer,
                rows.filter((__, other) => other !== place),
              )
            }
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      {problem && (
        <Text size="sm" c="red" role="alert">
          {problem}
        </Text>
      )}
      <Button
        size="compact-sm"
        variant="light"
        w="fit-content"
        leftSection={<IconPlus size={14} />}
        onClick={() => draft.set(pointer, [...rows, fresh])}
      >
        {add}
      </Button>
    </Stack>
  );
}
