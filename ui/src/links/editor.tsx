// The inputs of a link definition.
import { Autocomplete, SimpleGrid, Stack, Switch, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useCatalogue } from "@/conditions/catalogue";
import type { Draft } from "@/parts/draft";
import { Card } from "@/parts/page";
import { RowList } from "@/parts/row-list";
import { codeOf, type LinkValues, utmParts } from "./values";

type Props = { draft: Draft<LinkValues> };

const ATTRIBUTES_MAX = 50;
/** Fields that targets can name; they stand in braces there, which the words themselves cannot say. */
const PLACES = { token: "{token}", language: "{language}", country: "{countryCode}" };

export function LinkEditor({ draft }: Props) {
  const t = useTranslations("links");
  const { activityTypes } = useCatalogue();
  return (
    <Stack gap="md">
      <Card>
        <Stack gap="sm">
          <TextInput
            label={t("name")}
            description={t("nameHint", { example: codeOf(draft.values.name || "…") })}
            required
            {...draft.text("/name")}
          />
          <TextInput
            type="url"
            label={t("target")}
            description={t("targetHint", PLACES)}
            placeholder="https://"
            required
            {...draft.text("/target")}
          />
          <Autocomplete
            label={t("activityType")}
            description={t("activityTypeHint")}
            required
            limit={20}
            data={activityTypes.map(({ name }) => name)}
            {...draft.input<string>("/activityType")}
          />
          <Switch label={t("active")} description={t("activeHint")} {...draft.check("/active")} />
        </Stack>
      </Card>
      <Attributes draft={draft} />
      <Card title={t("utm")} hint={t("utmHint")}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          {utmParts.map((part) => (
            <TextInput key={part} label={t(`utmParts.${part}`)} {...draft.text(`/utm/${part}`)} />
          ))}
        </SimpleGrid>
      </Card>
    </Stack>
  );
}

function Attributes({ draft }: Props) {
  const t = useTranslations("links");
  const { activityTypes } = useCatalogue();
  const known = activityTypes.find(({ name }) => name === draft.values.activityType)?.attributes ?? [];
  const labelOf = (place: number, label: string) => (place === 0 ? { label } : { "aria-label": label });
  return (
    <Card title={t("attributes")} hint={t("attributesHint")}>
      <RowList
        rows={draft.values.attributes}
        onChange={(rows) => draft.set("/attributes", rows)}
        fresh={() => ({ attribute: "", value: "" })}
        max={ATTRIBUTES_MAX}
        headed
        problem={draft.problem("/attributes")}
        problemOf={(place) => draft.problem(`/attributes/${place}`)}
        labels={{ add: t("addAttribute"), remove: (number) => t("removeAttribute", { number: String(number) }) }}
        row={(place) => (
          <SimpleGrid cols={2} spacing="xs">
            <Autocomplete
              {...labelOf(place, t("attribute"))}
              data={known.map(({ name }) => name)}
              {...draft.input<string>(`/attributes/${place}/attribute`)}
            />
            <TextInput {...labelOf(place, t("value"))} {...draft.text(`/attributes/${place}/value`)} />
          </SimpleGrid>
        )}
      />
    </Card>
  );
}
