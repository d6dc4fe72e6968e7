// The form of a trigger, by its kind.
import { Button, Checkbox, Group, Select, Stack, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import type { ComponentType } from "react";
import { useTranslations } from "use-intl";
import type { SubscriptionStatus, Trigger, TriggerKind } from "@/api/types";
import type { NewLeaf } from "@/conditions/model";
import { later } from "@/parts/later";
import { NumberInput } from "@/parts/number-input";
import { DelayInput, NameInput, SegmentChoice, StatusChoice, TimeInput, TypeChoice } from "./choices";
import { ConditionSpot } from "./condition-spot";
import { UNCHOSEN } from "./deed-kinds";
import { FieldChoice } from "./field-choice";
import { useRuleFields } from "./fields";
import { at, type SpotProps } from "./spots";

const FieldsForm = later(() => import("./fields-form"), "FieldsForm");
const CronForm = later(() => import("./cron-form"), "CronForm");

export function TriggerForm(props: SpotProps) {
  const { type } = at<Trigger>(props.draft, props.pointer);
  const Form = forms[type];
  return Form ? <Form {...props} /> : null;
}

const forms: Record<TriggerKind, ComponentType<SpotProps> | null> = {
  new_activity: ActivityForm,
  activity_changed: ActivityForm,
  inactivity: InactivityForm,
  customer_created: null,
  customer_updated: FieldsForm,
  customers_merged: null,
  consent_changed: ConsentForm,
  subscription_changed: SubscriptionForm,
  segment_entered: SegmentForm,
  segment_left: SegmentForm,
  segment_tracked: AnySegmentForm,
  segments_built: AnySegmentForm,
  target_group_assigned: TargetGroupForm,
  date_reached: DateForm,
  cron: CronForm,
};

const whereLeaves: NewLeaf[] = ["attribute"];
const anAttribute = { all: [{ fact: "attribute", name: "", op: "eq" }] };

function ActivityForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("triggers");
  const { activityType, where } = at<Extract<Trigger, { type: "new_activity" }>>(draft, pointer);
  const hasFilter = where !== null && where !== undefined;
  return (
    <Stack gap="xs">
      <Group gap="sm" align="flex-end">
        <TypeChoice {...draft.input<string>(`${pointer}/activityType`)} />
        {!hasFilter && (
          <Button
            size="compact-sm"
            variant="subtle"
            mb={3}
            leftSection={<IconPlus size={14} />}
            onClick={() => draft.set(`${pointer}/where`, anAttribute)}
          >
            {t("where")}
          </Button>
        )}
      </Group>
      {hasFilter && (
        <>
          <Group justify="space-between">
            <Text size="sm" fw={550}>
              {t("whereTitle")}
            </Text>
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={<IconX size={13} />}
              onClick={() => draft.set(`${pointer}/where`, null)}
            >
              {t("removeWhere")}
            </Button>
          </Group>
          <ConditionSpot draft={draft} pointer={`${pointer}/where`} leaves={whereLeaves} types={[activityType]} />
        </>
      )}
    </Stack>
  );
}

function InactivityForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("triggers");
  return (
    <Group gap="sm" align="flex-end">
      <TypeChoice {...draft.input<string>(`${pointer}/activityType`)} />
      <DelayInput label={t("inactiveFor")} {...draft.input<string>(`${pointer}/for`)} />
    </Group>
  );
}

function ConsentForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("triggers");
  const { value, onChange, error } = draft.input<boolean | null>(`${pointer}/granted`);
  return (
    <Group gap="sm" align="flex-start">
      <NameInput
        label={t("purpose")}
        placeholder={t("anyPurpose")}
        {...draft.input<string | null>(`${pointer}/purpose`)}
      />
      <Select
        size="xs"
        w={210}
        label={t("answer")}
        allowDeselect={false}
        error={error}
        value={value === null ? "any" : value ? "granted" : "denied"}
        onChange={(answer) => onChange(answer === "any" ? null : answer === "granted")}
        data={(["any", "granted", "denied"] as const).map((answer) => ({
          value: answer,
          label: t(`answers.${answer}`),
        }))}
      />
    </Group>
  );
}

function SubscriptionForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("triggers");
  return (
    <Group gap="sm" align="flex-start">
      <NameInput label={t("list")} placeholder={t("anyList")} {...draft.input<string | null>(`${pointer}/list`)} />
      <StatusChoice
        label={t("status")}
        any={t("anyStatus")}
        {...draft.input<SubscriptionStatus | null>(`${pointer}/status`)}
      />
    </Group>
  );
}

function SegmentForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("triggers");
  const { onChange, ...segment } = draft.input<number>(`${pointer}/segmentId`);
  return (
    <Stack gap="xs">
      <SegmentChoice {...segment} onChange={(id) => onChange(id ?? UNCHOSEN)} />
      <Checkbox size="xs" label={t("onRebuild")} {...draft.check(`${pointer}/onRebuild`)} />
    </Stack>
  );
}

function AnySegmentForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("triggers");
  return (
    <SegmentChoice
      placeholder={t("anySegment")}
      clear={t("anySegment")}
      {...draft.input<number | null>(`${pointer}/segmentId`)}
    />
  );
}

const assignments = ["all", "documents", "targeting_rules"] as const;

function TargetGroupForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("triggers");
  const group = draft.input<number | null>(`${pointer}/targetGroupId`);
  return (
    <Group gap="sm" align="flex-start">
      <NumberInput
        size="xs"
        w={170}
        hideControls
        allowDecimal={false}
        allowNegative={false}
        label={t("targetGroup")}
        placeholder={t("anyTargetGroup")}
        error={group.error}
        value={group.value ?? ""}
        onChange={(id) => group.onChange(typeof id === "number" ? id : null)}
      />
      <Select
        size="xs"
        w={190}
        label={t("assignment")}
        allowDeselect={false}
        {...draft.input<string | null>(`${pointer}/assignment`)}
        data={assignments.map((value) => ({ value, label: t(`assignments.${value}`) }))}
      />
    </Group>
  );
}

const directions = ["on", "before", "after"] as const;

function DateForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("triggers");
  const { dates } = useRuleFields();
  const trigger = at<Extract<Trigger, { type: "date_reached" }>>(draft, pointer);
  const direction = trigger.before ? "before" : trigger.after ? "after" : "on";
  const choose = (next: string | null) => {
    const length = trigger.before ?? trigger.after ?? "7d";
    draft.set(pointer, {
      ...trigger,
      before: next === "before" ? length : null,
      after: next === "after" ? length : null,
    });
  };
  return (
    <Stack gap="xs">
      <Group gap="sm" align="flex-end">
        <FieldChoice
          label={t("dateField")}
          placeholder={t("chooseField")}
          fields={dates}
          {...draft.input<string>(`${pointer}/field`)}
        />
        <Select
          size="xs"
          w={140}
          label={t("direction")}
          allowDeselect={false}
          value={direction}
          onChange={choose}
          data={directions.map((value) => ({ value, label: t(`directions.${value}`) }))}
        />
        {direction !== "on" && <DelayInput label={t("distance")} {...draft.input<string>(`${pointer}/${direction}`)} />}
        <TimeInput label={t("atTime")} {...draft.input<string | null>(`${pointer}/at`)} />
      </Group>
      <Checkbox size="xs" label={t("yearly")} {...draft.check(`${pointer}/yearly`)} />
    </Stack>
  );
}
