// Who will leave a computed segment, day by day, if nothing happens but time.
import { Group, SegmentedControl, Skeleton, Stack, Text } from "@mantine/core";
import { IconHourglass } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import type { Segment, SegmentForecast } from "@/api/types";
import { Chart } from "@/parts/chart";
import { seriesColors } from "@/parts/chart-option";
import { Count } from "@/parts/count";
import { whole } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Failure } from "@/parts/failure";
import { Card } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { type View, ViewChoice } from "@/parts/view-choice";
import { Day } from "@/parts/when";
import { forecastDays } from "@/searches";
import { type LeavingDay, leavingDays } from "./figures";
import { forecastQuery } from "./queries";

const route = getRouteApi("/inside/segments/$id");
const DEFAULT_DAYS = 30;
const CHART_PX = 220;

export function Forecast({ segment }: { segment: Segment }) {
  const t = useTranslations("segments.forecast");
  const { days = DEFAULT_DAYS } = route.useSearch();
  const navigate = route.useNavigate();
  const [view, setView] = useState<View>("chart");
  const { data, error, refetch } = useQuery({
    ...forecastQuery(segment.id, days),
    placeholderData: keepPreviousData,
  });
  const choose = (value: string) =>
    navigate({ search: (before) => ({ ...before, days: forecastDays.find((count) => String(count) === value) }) });
  const choices = (
    <>
      <ViewChoice label={t("view")} value={view} onChange={setView} />
      <SegmentedControl
        size="xs"
        aria-label={t("range")}
        value={String(days)}
        onChange={choose}
        data={forecastDays.map((count) => ({ value: String(count), label: t("days", { count }) }))}
      />
    </>
  );
  return (
    <Card title={t("title")} hint={t("hint")} actions={choices}>
      {error && !data && <Failure error={error} retry={refetch} />}
      {!error && !data && <Skeleton height={CHART_PX} radius="md" />}
      {data && <Outlook forecast={data} view={view} />}
    </Card>
  );
}

function Outlook({ forecast, view }: { forecast: SegmentForecast; view: View }) {
  const t = useTranslations("segments.forecast");
  const leaving = leavingDays(forecast);
  const all = leaving.reduce((sum, day) => sum + day.leaving, 0);
  const days = forecast.days.length;
  const names = useMemo(() => forecast.days.map(({ day }) => day), [forecast]);
  const series = useMemo(() => {
    const counts = forecast.days.map((day) => day.leaving);
    return [{ key: "leaving", name: t("leaving"), counts, shape: "bar" as const, color: seriesColors[0] }];
  }, [forecast, t]);
  if (leaving.length === 0) return <Empty title={t("nobody", { days })} hint={t("nobodyHint")} icon={IconHourglass} />;
  return (
    <Stack gap="md">
      <Group gap="4px 12px" align="baseline">
        <Text>{t("sum", { leaving: all, size: forecast.size, days })}</Text>
        {forecast.lookedAt < forecast.size && (
          <Text size="sm" c="dimmed">
            {t("estimated", { lookedAt: forecast.lookedAt })}
          </Text>
        )}
      </Group>
      {view === "chart" ? (
        <Chart days={names} series={series} height={CHART_PX} label={t("picture", { leaving: all, days })} />
      ) : (
        <LeavingTable days={leaving} />
      )}
    </Stack>
  );
}

function LeavingTable({ days }: { days: LeavingDay[] }) {
  const t = useTranslations("segments.forecast");
  const columns: Column<LeavingDay>[] = [
    { key: "day", label: t("day"), cell: ({ day }) => <Day day={day} /> },
    { key: "leaving", label: t("leaving"), end: true, cell: ({ leaving }) => <Count of={leaving} /> },
    { key: "remaining", label: t("remaining"), end: true, cell: ({ remaining }) => <Count of={remaining} /> },
  ];
  return <Rows label={t("title")} columns={columns} list={whole(days)} keyOf={({ day }) => day} empty={null} compact />;
}
