// What is set for the whole instance: the time zone, and what every customer goes through before being saved.
import { Alert, Box, Select, Stack, Switch, Textarea } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useFormatter, useNow, useTranslations } from "use-intl";
import { patchVersioned } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import type { Settings } from "@/api/types";
import { timeZones } from "@/customers/places";
import type { Draft } from "@/parts/draft";
import { Editable } from "@/parts/editable";
import { useEdited } from "@/parts/edited";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Card, Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { useUnhurried } from "@/parts/unhurried";
import { useMay } from "@/shell/session";
import { Combinations } from "./combinations";
import { useComparableFields, useSettableFields } from "./field-choices";
import { bodyOf, type GeneralValues, settingsPath, valuesOf } from "./general-values";
import { MailLimits } from "./mail-limits";
import { settingsQuery } from "./queries";
import { Steps } from "./steps";

const MINUTE_MS = 60_000;

export function GeneralSettings() {
  const t = useTranslations("settings.general");
  const { data: settings, error, refetch } = useQuery(settingsQuery);
  const isDrawn = useUnhurried(settings);
  if (error && !settings) return <PageFailure error={error} retry={refetch} />;
  if (!settings || !isDrawn) return <Loading />;
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
      return patchVersioned<Settings>(settingsPath, changes, { ifVersion });
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
    <Box component="form" onSubmit={submit} noValidate maw={760}>
      {!mayChange && (
        <Alert color="gray" icon={<IconLock size={18} />} mb="md">
          {t("readOnly")}
        </Alert>
      )}
      <Editable when={mayChange}>
        <Stack gap="md">
          <TimeZone draft={draft} />
          <Card title={t("pipeline")} hint={t("pipelineHint")}>
            <Steps draft={draft} />
          </Card>
          <Required draft={draft} />
          <Duplicates draft={draft} />
          <Blocked draft={draft} />
          <MailLimits draft={draft} />
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

type Props = { draft: Draft<GeneralValues> };

function TimeZone({ draft }: Props) {
  const t = useTranslations("settings.general");
  const { timeZone } = draft.values;
  const time = useTimeIn(timeZone);
  return (
    <Card title={t("timeZone")} hint={t("timeZoneHint")}>
      <Select
        aria-label={t("timeZone")}
        description={time ? t("timeThere", { time }) : t("timeZoneDefaultHint")}
        placeholder={t("timeZoneDefault")}
        maw={360}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("timeZoneDefaultVerb"), "aria-hidden": false, tabIndex: 0 }}
        limit={60}
        data={timeZones(timeZone)}
        {...draft.input<string | null>("/timeZone")}
      />
    </Card>
  );
}

/** The time on the wall in this zone; null when the browser does not know the zone. */
function useTimeIn(timeZone: string | null): string | null {
  const format = useFormatter();
  const now = useNow({ updateInterval: MINUTE_MS });
  if (timeZone === null || !timeZones(null).includes(timeZone)) return null;
  return format.dateTime(now, { timeStyle: "short", timeZone });
}

function Required({ draft }: Props) {
  const t = useTranslations("settings.general");
  const choices = useSettableFields();
  return (
    <Card title={t("required")} hint={t("requiredHint")}>
      <Combinations
        draft={draft}
        pointer="/savePipeline/requiredFields"
        label={(number) => t("requiredNumber", { number })}
        none={t("requiredNone")}
        choices={choices}
      />
    </Card>
  );
}

function Duplicates({ draft }: Props) {
  const t = useTranslations("settings.general");
  const choices = useComparableFields();
  return (
    <Card title={t("duplicates")} hint={t("duplicatesHint")}>
      <Stack gap="md">
        <Switch
          label={t("duplicatesOn")}
          description={t("duplicatesOnHint")}
          {...draft.check("/savePipeline/duplicateCheck/enabled")}
        />
        <Combinations
          draft={draft}
          pointer="/savePipeline/duplicateCheck/combinations"
          label={(number) => t("duplicatesNumber", { number })}
          none={t("duplicatesNone")}
          choices={choices}
        />
      </Stack>
    </Card>
  );
}

function Blocked({ draft }: Props) {
  const t = useTranslations("settings.general");
  const step = draft.values.savePipeline.steps.find((one) => one.step === "remove_blocked_email");
  const isIdle = !step?.enabled && draft.values.blockedAddresses.trim() !== "";
  return (
    <Card title={t("blocked")} hint={t("blockedHint")}>
      <Stack gap="sm">
        <Textarea
          aria-label={t("blocked")}
          description={t("blockedLines")}
          placeholder={"test@example.com\nnobody@example.com"}
          autosize
          minRows={3}
          maxRows={12}
          spellCheck={false}
          {...draft.text("/blockedAddresses")}
        />
        {isIdle && <Alert color="yellow">{t("blockedIdle", { step: t("steps.remove_blocked_email") })}</Alert>}
      </Stack>
    </Card>
  );
}
