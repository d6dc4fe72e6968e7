// Settings of duplicates and merging: when customers are compared, by what, and what is merged without asking.
import { Alert, Box, MultiSelect, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconLock } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { patchVersioned } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import { ApiError } from "@/api/problem";
import type { Field, Settings } from "@/api/types";
import { fieldsQuery } from "@/customers/queries";
import type { Draft } from "@/parts/draft";
import { Editable } from "@/parts/editable";
import { useEdited } from "@/parts/edited";
import { headed } from "@/parts/headed";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { NumberInput } from "@/parts/number-input";
import { Card, Page } from "@/parts/page";
import { RowList } from "@/parts/row-list";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { problemWithin, settingsPath } from "@/settings/general-values";
import { settingsQuery } from "@/settings/queries";
import { useMay } from "@/shell/session";
import { RuleList } from "./rule-list";
import { bodyOf, type DuplicateValues, toRows, valuesOf } from "./settings-values";

const noFields: Field[] = [];
const EXTRAS_MAX = 4;

export function DuplicateSettingsPage() {
  const t = useTranslations("duplicates.settings");
  const { data: settings, error, refetch } = useQuery(settingsQuery);
  if (error && !settings) return <PageFailure error={error} retry={refetch} />;
  if (!settings) return <Loading />;
  return (
    <Page title={t("title")} hint={t("hint")}>
      <SettingsForm settings={settings} />
    </Page>
  );
}

function SettingsForm({ settings }: { settings: Settings }) {
  const t = useTranslations("settings.general");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const mayChange = useMay()("settings:write");
  const { draft, based, startOver } = useEdited(settings, valuesOf);
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, ifVersion) => {
      const changes = mergePatch(bodyOf(valuesOf(based)), bodyOf(values));
      return patchVersioned<Settings>(settingsPath, changes, { ifVersion }).catch((error: unknown) => {
        throw placed(error, values);
      });
    },
    saved: (saved) => {
      queries.setQueryData(settingsQuery.queryKey, saved);
      startOver(saved);
      toasts.done(parts("saved"));
    },
    reload: async () => startOver(await queries.fetchQuery({ ...settingsQuery, staleTime: 0 })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Box component="form" onSubmit={submit} noValidate maw={860}>
      {!mayChange && (
        <Alert color="gray" icon={<IconLock size={18} />} mb="md">
          {t("readOnly")}
        </Alert>
      )}
      <Editable when={mayChange}>
        <Stack gap="md">
          <Finding draft={draft} />
          <Rules draft={draft} />
          <WithoutAsking draft={draft} />
          <Values draft={draft} />
          <Sources draft={draft} />
        </Stack>
      </Editable>
      {mayChange && (
        <Box className="save-bar">
          <SaveBar draft={draft} saving={saving} discard={() => startOver(based)} />
        </Box>
      )}
    </Box>
  );
}

/** The same error with its problems at the places of the form. */
function placed(error: unknown, values: DuplicateValues): unknown {
  if (!(error instanceof ApiError)) return error;
  const { status, code, title, detail, more, retryAfterSeconds } = error;
  const problems = error.problems.map((problem) => ({ ...problem, path: toRows(problem.path, values) }));
  return new ApiError(status, code, title, detail, problems, more, retryAfterSeconds);
}

type Props = { draft: Draft<DuplicateValues> };

function Finding({ draft }: Props) {
  const t = useTranslations("duplicates.settings");
  const { data: fields = noFields } = useQuery(fieldsQuery);
  const comparable = fields.filter(({ kind }) => ["text", "select", "date"].includes(kind));
  const { scores } = draft.values.duplicates;
  const names = new Set([...comparable.map(({ name }) => name), ...scores.fields]);
  const labelOf = (name: string) => fields.find((field) => field.name === name)?.label || name;
  return (
    <Card title={t("finding")} hint={t("findingHint")}>
      <Stack gap="md">
        <Switch label={t("enabled")} description={t("enabledHint")} {...draft.check("/duplicates/enabled")} />
        <Switch label={t("scores")} description={t("scoresHint")} {...draft.check("/duplicates/scores/enabled")} />
        <NumberInput
          label={t("threshold")}
          description={t("thresholdHint")}
          maw={420}
          step={0.05}
          decimalScale={4}
          {...draft.input<number | string>("/duplicates/scores/threshold")}
        />
        <MultiSelect
          label={t("fields")}
          description={t("fieldsHint", { max: EXTRAS_MAX })}
          searchable
          hidePickedOptions
          maxValues={EXTRAS_MAX}
          data={[...names].map((value) => ({ value, label: labelOf(value) }))}
          value={scores.fields}
          error={problemWithin(draft.problems, "/duplicates/scores/fields")}
          onChange={(next) => draft.set("/duplicates/scores/fields", next)}
        />
      </Stack>
    </Card>
  );
}

function Rules({ draft }: Props) {
  const t = useTranslations("duplicates.settings");
  return (
    <Card title={t("rules")} hint={t("rulesHint")}>
      <RuleList draft={draft} />
    </Card>
  );
}

function WithoutAsking({ draft }: Props) {
  const t = useTranslations("duplicates.settings");
  const { scores, rules, mergeRules } = draft.values.duplicates;
  const isOn = typeof scores.mergeFrom === "number" || mergeRules.length > 0;
  const names = [...new Set([...rules.map(({ name }) => name), ...mergeRules])].filter((name) => name !== "");
  return (
    <Card title={t("withoutAsking")} hint={t("withoutAskingHint")}>
      <Stack gap="md">
        {isOn && (
          <Alert color="orange" icon={<IconAlertTriangle size={18} />}>
            {t("withoutAskingWarning")}
          </Alert>
        )}
        <NumberInput
          label={t("mergeFrom")}
          description={t("mergeFromHint")}
          placeholder={t("never")}
          maw={420}
          step={0.01}
          decimalScale={6}
          value={scores.mergeFrom ?? ""}
          error={draft.problem("/duplicates/scores/mergeFrom")}
          onChange={(value) => draft.set("/duplicates/scores/mergeFrom", value === "" ? null : value)}
        />
        <MultiSelect
          label={t("mergeRules")}
          description={t("mergeRulesHint")}
          data={names}
          value={mergeRules}
          error={problemWithin(draft.problems, "/duplicates/mergeRules")}
          onChange={(next) => draft.set("/duplicates/mergeRules", next)}
        />
        <NumberInput
          label={t("sharedMax")}
          description={t("sharedMaxHint")}
          maw={420}
          allowDecimal={false}
          {...draft.input<number | string>("/merging/sharedMax")}
        />
      </Stack>
    </Card>
  );
}

function Values({ draft }: Props) {
  const t = useTranslations("duplicates.settings");
  return (
    <Card title={t("blocked")} hint={t("blockedHint")}>
      <Textarea
        aria-label={t("blocked")}
        description={t("blockedLines")}
        autosize
        minRows={4}
        maxRows={12}
        spellCheck={false}
        {...draft.text("/merging/blockedValues")}
      />
    </Card>
  );
}

function Sources({ draft }: Props) {
  const t = useTranslations("duplicates.settings");
  const { trustedSources, identityLimits } = draft.values.merging;
  return (
    <>
      <Card title={t("sources")} hint={t("sourcesHint")}>
        <RowList<string>
          rows={trustedSources}
          onChange={(rows) => draft.set("/merging/trustedSources", rows)}
          fresh={() => ""}
          problem={draft.problem("/merging/trustedSources")}
          row={(place) => (
            <TextInput
              aria-label={t("source", { number: place + 1 })}
              placeholder={t("sourcePlaceholder")}
              {...draft.text(`/merging/trustedSources/${place}`)}
            />
          )}
          labels={{
            add: t("addSource"),
            remove: (number) => t("removeSource", { number }),
            up: (number) => t("sourceUp", { number }),
            down: (number) => t("sourceDown", { number }),
          }}
        />
      </Card>
      <Card title={t("limits")} hint={t("limitsHint")}>
        <RowList
          rows={identityLimits}
          onChange={(rows) => draft.set("/merging/identityLimits", rows)}
          fresh={() => ({ kind: "", limit: 5 })}
          headed
          problem={draft.problem("/merging/identityLimits")}
          row={(place) => <LimitRow draft={draft} place={place} />}
          labels={{ add: t("addLimit"), remove: (number) => t("removeLimit", { number }) }}
        />
      </Card>
    </>
  );
}

function LimitRow({ draft, place }: Props & { place: number }) {
  const t = useTranslations("duplicates.settings");
  const at = `/merging/identityLimits/${place}`;
  return (
    <Box style={{ display: "flex", gap: 8 }}>
      <TextInput
        flex={1}
        placeholder="external:shop"
        {...headed(place, t("limitKind"))}
        {...draft.text(`${at}/kind`)}
      />
      <NumberInput
        w={120}
        allowDecimal={false}
        {...headed(place, t("limit"))}
        {...draft.input<number | string>(`${at}/limit`)}
      />
    </Box>
  );
}
