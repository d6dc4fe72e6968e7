// The form of an action, by its kind. Where an action of a rule is, there a step of a journey can be too.
import { Checkbox, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { useTranslations } from "use-intl";
import type { Deed, DeedKind, SubscriptionStatus } from "@/api/types";
import { later } from "@/parts/later";
import { IdChoice, ManualSegmentChoice, NameInput, StatusChoice } from "./choices";
import { UNCHOSEN } from "./deed-kinds";
import { ruleChoicesQuery, webhookChoicesQuery } from "./queries";
import { at, type SpotProps } from "./spots";

const MailForm = later(() => import("./mail-form"), "MailForm");
const FieldForm = later(() => import("./field-form"), "FieldForm");
const TrackForm = later(() => import("./track-form"), "TrackForm");

export function DeedForm(props: SpotProps) {
  const { type } = at<Deed>(props.draft, props.pointer);
  const Form = forms[type];
  return Form ? <Form {...props} /> : null;
}

const forms: Record<DeedKind, ComponentType<SpotProps>> = {
  send_mail: MailForm,
  add_segment: AddSegmentForm,
  remove_segment: RemoveSegmentForm,
  add_tracked_segment: EnvironmentForm,
  add_target_group_segment: EnvironmentForm,
  change_field: FieldForm,
  track_activity: TrackForm,
  webhook: WebhookForm,
  set_subscription: SubscriptionForm,
  add_note: NoteForm,
  start_rule: StartForm,
};

function AddSegmentForm({ draft, pointer }: SpotProps) {
  const { onChange, ...segment } = draft.input<number>(`${pointer}/segmentId`);
  return (
    <Stack gap="xs">
      <ManualSegmentChoice {...segment} onChange={(id) => onChange(id ?? UNCHOSEN)} />
      <CountingChecks draft={draft} pointer={pointer} />
    </Stack>
  );
}

function RemoveSegmentForm({ draft, pointer }: SpotProps) {
  const { onChange, ...segment } = draft.input<number>(`${pointer}/segmentId`);
  return (
    <Stack gap="xs">
      <ManualSegmentChoice {...segment} onChange={(id) => onChange(id ?? UNCHOSEN)} />
      <ConsentCheck draft={draft} pointer={pointer} />
    </Stack>
  );
}

function EnvironmentForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds.hints");
  const { type } = at<Deed>(draft, pointer);
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t(type as "add_tracked_segment")}
      </Text>
      <CountingChecks draft={draft} pointer={pointer} />
    </Stack>
  );
}

function CountingChecks({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds");
  return (
    <Group gap="lg">
      <Checkbox size="xs" label={t("removeOthers")} {...draft.check(`${pointer}/removeOthers`)} />
      <Checkbox size="xs" label={t("increaseCounter")} {...draft.check(`${pointer}/increaseCounter`)} />
      <ConsentCheck draft={draft} pointer={pointer} />
    </Group>
  );
}

function ConsentCheck({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds");
  return <Checkbox size="xs" label={t("considerConsent")} {...draft.check(`${pointer}/considerProfilingConsent`)} />;
}

function WebhookForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds");
  const { data: webhooks = [] } = useQuery(webhookChoicesQuery);
  const { onChange, ...webhook } = draft.input<number>(`${pointer}/webhookId`);
  return (
    <IdChoice
      label={t("webhook")}
      placeholder={t("chooseWebhook")}
      nothing={t("noWebhooks")}
      choices={webhooks}
      {...webhook}
      onChange={(id) => onChange(id ?? UNCHOSEN)}
    />
  );
}

function SubscriptionForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds");
  const { onChange, ...list } = draft.input<string>(`${pointer}/list`);
  return (
    <Group gap="sm" align="flex-start">
      <NameInput label={t("list")} {...list} onChange={(name) => onChange(name ?? "")} />
      <StatusChoice label={t("status")} {...draft.input<SubscriptionStatus | null>(`${pointer}/status`)} />
    </Group>
  );
}

function NoteForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds");
  return (
    <Stack gap="xs" maw={520}>
      <TextInput size="xs" label={t("noteTitle")} {...draft.text(`${pointer}/title`)} />
      <Textarea size="xs" autosize minRows={2} label={t("noteText")} {...draft.text(`${pointer}/text`)} />
    </Stack>
  );
}

function StartForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds");
  const { data: rules = [] } = useQuery(ruleChoicesQuery);
  const { onChange, ...rule } = draft.input<number>(`${pointer}/ruleId`);
  return (
    <IdChoice
      label={t("rule")}
      placeholder={t("chooseRule")}
      nothing={t("noRules")}
      choices={rules}
      {...rule}
      onChange={(id) => onChange(id ?? UNCHOSEN)}
    />
  );
}
