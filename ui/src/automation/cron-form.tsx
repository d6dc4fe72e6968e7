// The form of a calendar trigger: often used expressions, or an own one, and what it means.
import { Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "use-intl";
import type { Trigger } from "@/api/types";
import { timeZones } from "@/customers/places";
import { settingsQuery } from "@/settings/queries";
import { useMay } from "@/shell/session";
import { nextOf, readCron } from "./cron";
import { useCronText } from "./cron-words";
import { at, type SpotProps } from "./spots";

const presets = {
  hourly: "0 * * * *",
  daily: "0 9 * * *",
  weekdays: "0 9 * * MON-FRI",
  weekly: "0 9 * * MON",
  monthly: "0 9 1 * *",
} as const;
type Preset = keyof typeof presets;
const presetNames = Object.keys(presets) as Preset[];
const OWN = "own";
const NEXT = 3;

type Cron = Extract<Trigger, { type: "cron" }>;

export function CronForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("triggers");
  const { expression, timeZone } = at<Cron>(draft, pointer);
  const preset = presetNames.find((name) => presets[name] === expression.trim()) ?? OWN;
  const choose = (name: string | null) => {
    const chosen = presetNames.find((one) => one === name);
    draft.set(`${pointer}/expression`, chosen ? presets[chosen] : "");
  };
  return (
    <Stack gap="xs">
      <Group gap="sm" align="flex-start">
        <Select
          size="xs"
          w={210}
          label={t("preset")}
          allowDeselect={false}
          value={preset}
          onChange={choose}
          data={[...presetNames, OWN as typeof OWN].map((value) => ({ value, label: t(`presets.${value}`) }))}
        />
        <TextInput
          size="xs"
          w={250}
          label={t("expression")}
          description={t("expressionHint")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          spellCheck={false}
          classNames={{ input: "code-input" }}
          {...draft.text(`${pointer}/expression`)}
        />
        <Zone draft={draft} pointer={pointer} />
        <Select
          size="xs"
          w={190}
          label={t("missed")}
          allowDeselect={false}
          {...draft.input<string | null>(`${pointer}/missed`)}
          data={(["once", "skip"] as const).map((value) => ({ value, label: t(`missedModes.${value}`) }))}
        />
      </Group>
      <Meaning expression={expression} zone={timeZone ?? null} />
    </Stack>
  );
}

function Zone({ draft, pointer }: SpotProps) {
  const t = useTranslations("triggers");
  const zone = draft.input<string | null>(`${pointer}/timeZone`);
  return (
    <Select
      size="xs"
      w={200}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("ownZone"), "aria-hidden": false, tabIndex: 0 }}
      limit={60}
      label={t("timeZone")}
      placeholder={t("ownZone")}
      {...zone}
      data={timeZones(zone.value)}
    />
  );
}

function Meaning({ expression, zone }: { expression: string; zone: string | null }) {
  const t = useTranslations("triggers.cron");
  const textOf = useCronText();
  const when = textOf(expression);
  return (
    <Text size="sm" c="dimmed" aria-live="polite">
      {when === null ? t("unreadable") : t("meaning", { when })} <Next expression={expression} zone={zone} />
    </Text>
  );
}

/** Without a zone of its own the instance's counts, which not everybody may read. */
function Next({ expression, zone }: { expression: string; zone: string | null }) {
  const t = useTranslations("triggers.cron");
  const format = useFormatter();
  const may = useMay();
  const { data: settings } = useQuery({ ...settingsQuery, enabled: zone === null && may("settings:read") });
  const meant = zone ?? settings?.timeZone;
  const crontab = readCron(expression);
  if (crontab === null || meant === undefined) return null;
  const next = nextOf(crontab, meant, new Date(), NEXT);
  if (next.length === 0) return t("never");
  const shown = next.map((at) =>
    format.dateTime(at, {
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
      timeZone: meant,
    }),
  );
  return t("next", { list: shown.join(" · ") });
}
