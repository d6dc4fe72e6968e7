// The inputs of a custom field's definition.
import { ActionIcon, Button, Fieldset, Group, Select, SimpleGrid, Stack, Switch, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { Field, FieldKind, FieldOption } from "@/api/types";
import type { Draft } from "@/parts/draft";
import { headed } from "@/parts/headed";
import { NumberInput } from "@/parts/number-input";
import { Card } from "@/parts/page";

/** A new field has no position until somebody gives it one; the server then puts it last. */
export type FieldValues = Omit<Field, "id" | "version" | "position"> & { position: number | "" };

const kinds: FieldKind[] = ["text", "number", "boolean", "date", "datetime", "select", "multiselect", "list", "json"];

export const emptyField: FieldValues = {
  name: "",
  label: "",
  kind: "text",
  options: [],
  personal: false,
  indexed: false,
  position: "",
};

export function valuesOf({ id: _, version: __, ...values }: Field): FieldValues {
  return { ...values, options: values.options ?? [] };
}

export function hasOptions(kind: FieldKind): boolean {
  return kind === "select" || kind === "multiselect";
}

/** Only choices have options; others send none. */
export function bodyOf({ position, ...values }: FieldValues): object {
  const body = { ...values, options: hasOptions(values.kind) ? values.options : [] };
  return position === "" ? body : { ...body, position };
}

export function FieldEditor({ draft, isNew }: { draft: Draft<FieldValues>; isNew: boolean }) {
  const t = useTranslations("settings");
  return (
    <Card>
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput label={t("label")} required {...draft.text("/label")} />
          <TextInput
            label={t("fieldName")}
            description={t("fieldNameHint")}
            required
            disabled={!isNew}
            {...draft.text("/name")}
          />
          <Select
            label={t("kind")}
            required
            disabled={!isNew}
            description={isNew ? undefined : t("kindFixed")}
            allowDeselect={false}
            data={kinds.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
            {...draft.input<string | null>("/kind")}
          />
          <NumberInput
            label={t("position")}
            description={t("positionHint")}
            allowDecimal={false}
            {...draft.input<number | string>("/position")}
          />
        </SimpleGrid>
        {hasOptions(draft.values.kind) && <Options draft={draft} />}
        <Switch label={t("personal")} description={t("personalHint")} {...draft.check("/personal")} />
        <Switch label={t("indexed")} description={t("indexedHint")} {...draft.check("/indexed")} />
      </Stack>
    </Card>
  );
}

function Options({ draft }: { draft: Draft<FieldValues> }) {
  const t = useTranslations("settings");
  const { options } = draft.values;
  const set = (next: FieldOption[]) => draft.set("/options", next);
  return (
    <Fieldset legend={t("options")}>
      <Stack gap="xs">
        {options.map((_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place in the order
          <Group key={index} gap="xs" align="flex-end" wrap="nowrap">
            <TextInput
              flex={1}
              size="xs"
              {...headed(index, t("optionValue"))}
              {...draft.text(`/options/${index}/value`)}
            />
            <TextInput
              flex={1}
              size="xs"
              {...headed(index, t("optionLabel"))}
              {...draft.text(`/options/${index}/label`)}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("removeOption", { number: index + 1 })}
              onClick={() => set(options.filter((__, place) => place !== index))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} />}
            onClick={() => set([...options, { value: "", label: "" }])}
          >
            {t("addOption")}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
