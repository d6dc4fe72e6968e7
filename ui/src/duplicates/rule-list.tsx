// Rules: fields that together say that two customers are one, each with how its values are made alike and how like they must be.
import { ActionIcon, Box, Button, Checkbox, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { DuplicateRule } from "@/api/types";
import type { Draft } from "@/parts/draft";
import { headed } from "@/parts/headed";
import { NumberInput } from "@/parts/number-input";
import { RowList } from "@/parts/row-list";
import { useComparableFields } from "@/settings/field-choices";
import { type DuplicateValues, freshField, similarities, transformers } from "./settings-values";

const AT = "/duplicates/rules";
const RULES_MAX = 20;
const FIELDS_MAX = 16;
const PERCENT_MAX = 100;

type Props = { draft: Draft<DuplicateValues> };

export function RuleList({ draft }: Props) {
  const t = useTranslations("duplicates.settings");
  const { rules } = draft.values.duplicates;
  const set = (next: DuplicateRule[]) => draft.set(AT, next);
  return (
    <Stack gap="sm">
      {rules.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("noRules")}
        </Text>
      )}
      {rules.map((_, place) => (
        <RuleForm
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule is its place in the list
          key={place}
          draft={draft}
          place={place}
          remove={() => set(rules.filter((_, other) => other !== place))}
        />
      ))}
      <Problem text={draft.problem(AT)} />
      {rules.length < RULES_MAX && (
        <Button
          size="compact-sm"
          variant="light"
          w="fit-content"
          leftSection={<IconPlus size={14} />}
          onClick={() => set([...rules, { name: "", fields: [freshField()] }])}
        >
          {t("addRule")}
        </Button>
      )}
    </Stack>
  );
}

function RuleForm({ draft, place, remove }: Props & { place: number; remove: () => void }) {
  const t = useTranslations("duplicates.settings");
  const at = `${AT}/${place}`;
  const number = place + 1;
  const rule = draft.values.duplicates.rules[place];
  if (!rule) return null;
  return (
    <Box component="section" className="term" aria-label={t("rule", { number })}>
      <Stack gap="sm">
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <TextInput flex={1} maw={360} label={t("ruleName")} required {...draft.text(`${at}/name`)} />
          <ActionIcon
            variant="subtle"
            color="gray"
            mt={28}
            ml="auto"
            aria-label={t("removeRule", { number })}
            onClick={remove}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
        <RowList
          rows={rule.fields}
          onChange={(rows) => draft.set(`${at}/fields`, rows)}
          fresh={freshField}
          headed
          max={FIELDS_MAX}
          problem={draft.problem(`${at}/fields`)}
          problemOf={(field) => draft.problem(`${at}/fields/${field}`)}
          row={(field) => <FieldRow draft={draft} at={`${at}/fields/${field}`} place={field} rule={rule} />}
          labels={{
            add: t("addField"),
            remove: (field) => t("removeField", { number: field }),
          }}
        />
      </Stack>
    </Box>
  );
}

function FieldRow({ draft, at, place, rule }: Props & { at: string; place: number; rule: DuplicateRule }) {
  const t = useTranslations("duplicates.settings");
  const choices = useComparableFields();
  const field = rule.fields[place];
  if (!field) return null;
  const { similarity } = field;
  return (
    <Stack gap={4}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Select
          flex={2}
          searchable
          allowDeselect={false}
          {...headed(place, t("field"))}
          data={choices([field.field])}
          {...draft.input<string | null>(`${at}/field`)}
        />
        <Select
          flex={2}
          allowDeselect={false}
          {...headed(place, t("transformer"))}
          data={transformers.map((value) => ({ value, label: t(`transformers.${value}`) }))}
          {...draft.input<string | null>(`${at}/transformer`)}
        />
        <Select
          flex={2}
          allowDeselect={false}
          {...headed(place, t("similarity"))}
          data={[
            { value: "", label: t("exactly") },
            ...similarities.map((value) => ({ value, label: t(`similarities.${value}`) })),
          ]}
          value={similarity ?? ""}
          error={draft.problem(`${at}/similarity`)}
          onChange={(value) => draft.set(`${at}/similarity`, value || null)}
        />
        <NumberInput
          w={96}
          {...headed(place, t("ruleThreshold"))}
          min={0}
          max={PERCENT_MAX}
          clampBehavior="none"
          value={field.threshold ?? ""}
          error={draft.problem(`${at}/threshold`)}
          onChange={(value) => draft.set(`${at}/threshold`, value === "" ? null : value)}
        />
      </Group>
      <Group gap="md">
        <Checkbox size="xs" label={t("soundex")} {...draft.check(`${at}/soundex`)} />
        <Checkbox size="xs" label={t("metaphone")} {...draft.check(`${at}/metaphone`)} />
      </Group>
    </Stack>
  );
}

function Problem({ text }: { text: string | undefined }) {
  if (!text) return null;
  return (
    <Text size="sm" c="var(--mantine-color-error)" role="alert">
      {text}
    </Text>
  );
}
