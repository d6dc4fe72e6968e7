// A list of combinations of fields: each row is one, and all fields of a row belong together.
import { ActionIcon, Button, Group, MultiSelect, Stack, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { valueAt } from "@/api/pointer";
import type { Draft } from "@/parts/draft";
import type { FieldChoices } from "./field-choices";
import { type GeneralValues, problemWithin } from "./general-values";

const FIELDS_MAX = 6;

type Props = {
  draft: Draft<GeneralValues>;
  pointer: string;
  label: (number: number) => string;
  none: string;
  choices: (present: string[]) => FieldChoices;
};

export function Combinations({ draft, pointer, label, none, choices }: Props) {
  const t = useTranslations("settings.general");
  const combinations = valueAt(draft.values, pointer) as string[][];
  const set = (next: string[][]) => draft.set(pointer, next);
  const problem = draft.problem(pointer);
  const problemOf = (place: number) => {
    const found = problemWithin(draft.problems, `${pointer}/${place}`);
    return found && combinations[place]?.length === 0 ? t("emptyCombination") : found;
  };
  return (
    <Stack gap="xs">
      {combinations.length === 0 && (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      )}
      {combinations.map((combination, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a combination is its place in the list
        <Group key={place} gap="xs" wrap="nowrap" align="flex-start">
          <MultiSelect
            flex={1}
            label={label(place + 1)}
            placeholder={combination.length === 0 ? t("chooseFields") : undefined}
            searchable
            hidePickedOptions
            maxValues={FIELDS_MAX}
            data={choices(combination)}
            value={combination}
            error={problemOf(place)}
            onChange={(next) => draft.set(`${pointer}/${place}`, next)}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            mt={28}
            aria-label={t("removeCombination", { what: label(place + 1) })}
            onClick={() => set(combinations.filter((_, other) => other !== place))}
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
      <Group>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} />}
          onClick={() => set([...combinations, []])}
        >
          {t("addCombination")}
        </Button>
      </Group>
    </Stack>
  );
}
