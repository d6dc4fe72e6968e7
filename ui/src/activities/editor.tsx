// The inputs of an activity type: its name and the attributes it declares.
import {
  ActionIcon,
  Button,
  Checkbox,
  Fieldset,
  Group,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TextInput,
} from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { ActivityType, AttributeKind } from "@/api/types";
import type { Draft } from "@/parts/draft";
import { Card } from "@/parts/page";

export type TypeValues = Pick<ActivityType, "name" | "label" | "closed" | "attributes">;

const kinds: AttributeKind[] = ["text", "number", "boolean", "datetime", "json"];

export function valuesOf({ name, label, closed, attributes }: ActivityType): TypeValues {
  return { name, label, closed, attributes };
}

export function TypeEditor({ draft, isNew }: { draft: Draft<TypeValues>; isNew: boolean }) {
  const t = useTranslations("activities");
  return (
    <Card>
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput label={t("label")} required {...draft.text("/label")} />
          <TextInput
            label={t("name")}
            description={t("nameHint")}
            required
            disabled={!isNew}
            {...draft.text("/name")}
          />
        </SimpleGrid>
        <Attributes draft={draft} />
        <Switch label={t("closedLabel")} description={t("closedHint")} {...draft.check("/closed")} />
      </Stack>
    </Card>
  );
}

function Attributes({ draft }: { draft: Draft<TypeValues> }) {
  const t = useTranslations("activities");
  const { attributes } = draft.values;
  const set = (next: TypeValues["attributes"]) => draft.set("/attributes", next);
  return (
    <Fieldset legend={t("attributes")}>
      <Stack gap="xs">
        {attributes.map((_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an attribute is its place in the order
          <Group key={index} gap="xs" align="flex-end">
            <TextInput flex={1} size="xs" label={t("attributeName")} {...draft.text(`/attributes/${index}/name`)} />
            <Select
              size="xs"
              w={150}
              label={t("attributeKind")}
              allowDeselect={false}
              data={kinds.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
              {...draft.input<string | null>(`/attributes/${index}/kind`)}
            />
            <Checkbox size="sm" mb={6} label={t("required")} {...draft.check(`/attributes/${index}/required`)} />
            <ActionIcon
              variant="subtle"
              color="gray"
              mb={2}
              aria-label={t("removeAttribute", { number: index + 1 })}
              onClick={() => set(attributes.filter((__, place) => place !== index))}
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
            onClick={() => set([...attributes, { name: "", kind: "text", required: false }])}
          >
            {t("addAttribute")}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
