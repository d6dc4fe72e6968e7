// When marketing mail may go out, and how much of it one customer gets.
import { Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Draft } from "@/parts/draft";
import { NumberInput } from "@/parts/number-input";
import { Card } from "@/parts/page";
import type { GeneralValues } from "./general-values";

type Props = { draft: Draft<GeneralValues> };

const USUAL_HOURS = { from: "21:00", to: "08:00" };
const USUAL_CAP = { count: 3, days: 7 };
const COUNT_MAX = 1_000;
const DAYS_MAX = 366;

export function MailLimits({ draft }: Props) {
  const t = useTranslations("settings.general");
  return (
    <Card title={t("mail")} hint={t("mailHint")}>
      <Stack gap="lg">
        <Quiet draft={draft} />
        <MailCap draft={draft} />
      </Stack>
    </Card>
  );
}

function Quiet({ draft }: Props) {
  const t = useTranslations("settings.general");
  const { quietHours } = draft.values.mail;
  return (
    <Stack gap="sm">
      <Switch
        label={t("quietHours")}
        description={t("quietHoursHint")}
        checked={quietHours !== null}
        onChange={({ currentTarget }) => draft.set("/mail/quietHours", currentTarget.checked ? USUAL_HOURS : null)}
      />
      {quietHours && (
        <>
          <Group gap="sm" align="flex-start">
            <TextInput type="time" w={140} label={t("quietFrom")} required {...draft.text("/mail/quietHours/from")} />
            <TextInput type="time" w={140} label={t("quietTo")} required {...draft.text("/mail/quietHours/to")} />
          </Group>
          <Text size="sm" c="dimmed">
            {t("quietWhere")}
          </Text>
        </>
      )}
    </Stack>
  );
}

function MailCap({ draft }: Props) {
  const t = useTranslations("settings.general");
  const { cap } = draft.values.mail;
  const whole = { allowDecimal: false, allowNegative: false, required: true, w: 140 };
  return (
    <Stack gap="sm">
      <Switch
        label={t("cap")}
        description={t("capHint")}
        checked={cap !== null}
        onChange={({ currentTarget }) => draft.set("/mail/cap", currentTarget.checked ? USUAL_CAP : null)}
      />
      {cap && (
        <Group gap="sm" align="flex-start">
          <NumberInput
            {...whole}
            label={t("capCount")}
            max={COUNT_MAX}
            {...draft.input<string | number>("/mail/cap/count")}
          />
          <NumberInput
            {...whole}
            label={t("capDays")}
            max={DAYS_MAX}
            {...draft.input<string | number>("/mail/cap/days")}
          />
        </Group>
      )}
    </Stack>
  );
}
