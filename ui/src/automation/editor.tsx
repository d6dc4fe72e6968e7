// A rule on one page: its settings, what sets it off, the condition, and what it does.
import { Alert, MultiSelect, SimpleGrid, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useCallback } from "react";
import { useTranslations } from "use-intl";
import type { Condition, Trigger } from "@/api/types";
import { ConditionBuilder } from "@/conditions/builder";
import { useCatalogue } from "@/conditions/catalogue";
import { childrenOf, type NewLeaf } from "@/conditions/model";
import { useSentence } from "@/conditions/speech";
import type { Draft } from "@/parts/draft";
import { MomentInput } from "@/parts/moment-input";
import { Card } from "@/parts/page";
import { useMay } from "@/shell/session";
import { Actions } from "./actions";
import type { RuleValues } from "./values";

const leaves: NewLeaf[] = ["attribute", "field", "activity", "segment"];

export function RuleEditor({ draft }: { draft: Draft<RuleValues> }) {
  return (
    <Stack gap="md" maw={1040}>
      <Settings draft={draft} />
      <Triggers draft={draft} />
      <ConditionPart draft={draft} />
      <Actions draft={draft} />
    </Stack>
  );
}

function Settings({ draft }: { draft: Draft<RuleValues> }) {
  const t = useTranslations("automation");
  return (
    <Card>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput label={t("name")} required {...draft.text("/name")} />
        <Textarea label={t("description")} autosize minRows={1} maxRows={5} {...draft.text("/description")} />
        <MomentInput label={t("validFrom")} kind="datetime" {...draft.input<string | null>("/validFrom")} />
        <MomentInput label={t("validUntil")} kind="datetime" {...draft.input<string | null>("/validUntil")} />
        <Switch label={t("activeLabel")} description={t("activeHint")} {...draft.check("/active")} />
      </SimpleGrid>
    </Card>
  );
}

function Triggers({ draft }: { draft: Draft<RuleValues> }) {
  const t = useTranslations("automation");
  const { activityTypes } = useCatalogue();
  const chosen = draft.values.triggers.map(({ activityType }) => activityType);
  const choose = (types: string[]) =>
    draft.set(
      "/triggers",
      types.map((activityType): Trigger => ({ type: "new_activity", activityType })),
    );
  const unknown = chosen.filter((type) => !activityTypes.some(({ name }) => name === type));
  const error =
    draft.problem("/triggers") ??
    chosen.map((_, index) => draft.problem(`/triggers/${index}/activityType`)).find(Boolean);
  return (
    <Card title={t("whenTitle")} hint={t("whenHint")}>
      <MultiSelect
        label={t("activityTypes")}
        searchable
        maw={520}
        error={error}
        value={chosen}
        onChange={choose}
        nothingFoundMessage={t("noActivityTypes")}
        data={[
          ...activityTypes.map(({ name, label }) => ({ value: name, label: label || name })),
          ...unknown.map((name) => ({ value: name, label: name })),
        ]}
      />
    </Card>
  );
}

function ConditionPart({ draft }: { draft: Draft<RuleValues> }) {
  const t = useTranslations("automation");
  const sentenceOf = useSentence();
  const may = useMay();
  const { activityTypes } = useCatalogue();
  const { set } = draft;
  const change = useCallback((condition: Condition) => set("/condition", condition), [set]);
  const { condition, triggers } = draft.values;
  const types = activityTypes.filter(({ name }) => triggers.some(({ activityType }) => activityType === name));
  const attributes = types.flatMap((type) => type.attributes);
  return (
    <Card title={t("ifTitle")} hint={t("ifHint")}>
      <ConditionBuilder
        value={condition}
        onChange={change}
        leaves={leaves}
        attributes={attributes}
        problems={draft.problems}
        readOnly={!may("rules:write")}
      />
      <Text size="sm" c="dimmed" mt="sm">
        {childrenOf(condition).length === 0 ? t("always") : t("inWords", { what: sentenceOf(condition) })}
      </Text>
      {draft.problem("/condition") && (
        <Alert color="red" mt="sm" role="alert">
          {draft.problem("/condition")}
        </Alert>
      )}
    </Card>
  );
}
