// The choice of the days: the last ones, or those from one day to another.
import { Button, Group, Popover, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconCalendar } from "@tabler/icons-react";
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { MomentInput } from "@/parts/moment-input";
import { type DashboardSearch, dashboardDays } from "@/searches";
import type { Range } from "./range";

const DAYS_MAX = 366;
const DAY_MS = 86_400_000;

type Props = { range: Range; onChange: (search: DashboardSearch) => void };

export function Period({ range, onChange }: Props) {
  const t = useTranslations("dashboard");
  const choose = (value: string) => onChange({ days: dashboardDays.find((count) => String(count) === value) });
  return (
    <Group gap="xs">
      <SegmentedControl
        size="xs"
        aria-label={t("range")}
        value={"days" in range ? String(range.days) : ""}
        onChange={choose}
        data={dashboardDays.map((count) => ({ value: String(count), label: t("days", { count }) }))}
      />
      <OwnPeriod range={range} onChange={onChange} />
    </Group>
  );
}

function OwnPeriod({ range, onChange }: Props) {
  const t = useTranslations("dashboard");
  const format = useFormatter();
  const [opened, setOpened] = useState(false);
  const own = "from" in range ? range : null;
  const [from, setFrom] = useState<string | null>(own?.from ?? null);
  const [to, setTo] = useState<string | null>(own?.to ?? null);
  const shown = (day: string) =>
    format.dateTime(new Date(`${day}T12:00:00Z`), { dateStyle: "medium", timeZone: "UTC" });
  const problem = problemOf(from, to);
  const apply = () => {
    if (!from || !to || problem) return;
    onChange({ from, to });
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus withRoles shadow="md">
      <Popover.Target>
        <Button
          size="xs"
          variant={own ? "light" : "default"}
          leftSection={<IconCalendar size={15} aria-hidden />}
          onClick={() => setOpened(!opened)}
        >
          {own ? t("fromTo", { from: shown(own.from), to: shown(own.to) }) : t("ownPeriod")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("ownPeriod")}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            apply();
          }}
        >
          <Stack gap="xs">
            <MomentInput size="xs" kind="date" label={t("firstDay")} value={from} onChange={setFrom} />
            <MomentInput size="xs" kind="date" label={t("lastDay")} value={to} onChange={setTo} />
            {problem && (
              <Text size="xs" c="red">
                {t(problem)}
              </Text>
            )}
            <Button size="xs" type="submit" disabled={!from || !to || problem !== null}>
              {t("showPeriod")}
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function problemOf(from: string | null, to: string | null): "endsTooEarly" | "tooLong" | null {
  if (!from || !to) return null;
  if (to < from) return "endsTooEarly";
  return (Date.parse(to) - Date.parse(from)) / DAY_MS >= DAYS_MAX ? "tooLong" : null;
}
