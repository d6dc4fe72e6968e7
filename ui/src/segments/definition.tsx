// What a segment is: its name and group, and for computed ones the condition with its live count.
import { Grid, Select, SimpleGrid, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useState } from "react";
import { useTranslations } from "use-intl";
import type { Condition, Segment } from "@/api/types";
import { ConditionBuilder } from "@/conditions/builder";
import { useLivePreview } from "@/conditions/live";
import { asGroup } from "@/conditions/model";
import { useSentence } from "@/conditions/speech";
import type { Draft } from "@/parts/draft";
import { later } from "@/parts/later";
import { Card } from "@/parts/page";
import { useMay } from "@/shell/session";
import { KindControl } from "./kind";
import { NewsletterLists } from "./newsletter-lists";
import { PreviewCard } from "./preview";
import { groupsQuery } from "./queries";
import type { Unlinked } from "./target-group";
import { TrialCard } from "./trial";

const UnlinkedChoice = later(() => import("./target-group"), "UnlinkedChoice");

/** How many of those who match are named. */
const SAMPLE = 5;

export type SegmentValues = {
  name: string;
  groupId: number | null;
  reference: string;
  description: string;
  calculated: boolean;
  condition: Condition | null;
  exportToNewsletter: string[];
  useAsTargetGroup: boolean;
  /** What becomes of the target group when it is no longer one; no part of the segment. */
  unlinked: Unlinked;
};

export function valuesOf(segment: Segment): SegmentValues {
  const { name, groupId, reference, description, calculated, exportToNewsletter, useAsTargetGroup } = segment;
  const condition = calculated ? asGroup(segment.nextCondition ?? segment.condition) : null;
  const kept = { name, groupId, reference, description, calculated, exportToNewsletter, useAsTargetGroup };
  return { ...kept, condition, unlinked: "delete" };
}

/** What is sent: the server makes a reference from the name where none was given, and only a computed segment has a condition. */
export function bodyOf({ reference, condition, unlinked: _, ...values }: SegmentValues): object {
  return {
    ...values,
    ...(reference === "" ? {} : { reference }),
    ...(values.calculated ? { condition } : {}),
  };
}

type Props = { draft: Draft<SegmentValues>; isNew: boolean; readOnly?: boolean; children?: ReactNode };

export function Definition({ draft, isNew, readOnly = false, children }: Props) {
  const { values } = draft;
  const may = useMay();
  const live = useLivePreview(values.calculated ? values.condition : null, SAMPLE);
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: values.calculated ? 8 : 12 }}>
        <Stack gap="md">
          <SettingsCard draft={draft} isNew={isNew} />
          {values.calculated && <ConditionCard draft={draft} counts={live.preview?.leaves} readOnly={readOnly} />}
          {children}
        </Stack>
      </Grid.Col>
      {values.calculated && (
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <PreviewCard live={live} />
            {may("customers:read") && <TrialCard condition={live.asked} />}
          </Stack>
        </Grid.Col>
      )}
    </Grid>
  );
}

function SettingsCard({ draft, isNew }: { draft: Draft<SegmentValues>; isNew: boolean }) {
  const t = useTranslations("segments");
  const { data: groups = [] } = useQuery(groupsQuery);
  const group = draft.input<number | null>("/groupId");
  const fitting = groups.filter(({ calculated }) => calculated === draft.values.calculated);
  return (
    <Card>
      <Stack gap="sm">
        {isNew && <KindChoice draft={draft} />}
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput label={t("name")} required {...draft.text("/name")} />
          <Select
            label={t("group")}
            required
            allowDeselect={false}
            error={group.error}
            placeholder={fitting.length === 0 ? t("noGroupOfKind") : undefined}
            value={group.value === null ? null : String(group.value)}
            onChange={(value) => group.onChange(value === null ? null : Number(value))}
            data={fitting.map(({ id, name }) => ({ value: String(id), label: name }))}
            nothingFoundMessage={t("noGroupOfKind")}
          />
          <TextInput label={t("reference")} description={t("referenceHint")} {...draft.text("/reference")} />
          <Textarea
            label={t("description")}
            description={t("descriptionHint")}
            autosize
            minRows={1}
            maxRows={6}
            {...draft.text("/description")}
          />
          <NewsletterLists draft={draft} pointer="/exportToNewsletter" />
        </SimpleGrid>
        <TargetGroup draft={draft} isNew={isNew} />
      </Stack>
    </Card>
  );
}

function TargetGroup({ draft, isNew }: Props) {
  const t = useTranslations("segments.targetGroup");
  const [wasOne] = useState(!isNew && draft.values.useAsTargetGroup);
  const { useAsTargetGroup, unlinked } = draft.values;
  return (
    <>
      <Switch label={t("use")} description={t("useHint")} {...draft.check("/useAsTargetGroup")} />
      {wasOne && !useAsTargetGroup && (
        <UnlinkedChoice value={unlinked} onChange={(choice) => draft.set("/unlinked", choice)} />
      )}
    </>
  );
}

/** A segment is of its group's kind, so the choice also moves it to the first group that fits. */
function KindChoice({ draft }: { draft: Draft<SegmentValues> }) {
  const t = useTranslations("segments");
  const { data: groups = [] } = useQuery(groupsQuery);
  const { calculated } = draft.values;
  const choose = (wanted: boolean) => {
    draft.set("/calculated", wanted);
    draft.set("/condition", wanted ? asGroup(draft.values.condition) : null);
    draft.set("/groupId", groups.find((group) => group.calculated === wanted)?.id ?? null);
  };
  return (
    <div>
      <KindControl calculated={calculated} choose={choose} />
      <Text size="sm" c="dimmed" mt={4}>
        {t(calculated ? "computedHint" : "manualHint")}
      </Text>
    </div>
  );
}

type ConditionProps = { draft: Draft<SegmentValues>; counts?: { path: string; count: number }[]; readOnly: boolean };

function ConditionCard({ draft, counts, readOnly }: ConditionProps) {
  const t = useTranslations("segments");
  const sentenceOf = useSentence();
  const { set } = draft;
  const change = useCallback((condition: Condition) => set("/condition", condition), [set]);
  const condition = asGroup(draft.values.condition);
  return (
    <Card title={t("condition")}>
      <ConditionBuilder
        value={condition}
        onChange={change}
        counts={counts}
        problems={draft.problems}
        readOnly={readOnly}
      />
      <Text size="sm" c="dimmed" mt="sm">
        {t("inWords")} {sentenceOf(condition)}.
      </Text>
    </Card>
  );
}
