// How large a segment was day by day, as a picture or as a table.
import { Skeleton, Text } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import type { Segment, SegmentDay } from "@/api/types";
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
import { type Growth, growth } from "./figures";
import { historyQuery } from "./queries";

const CHART_PX = 220;

export function History({ segment }: { segment: Segment }) {
  const t = useTranslations("segments.history");
  const [view, setView] = useState<View>("chart");
  const { data: days, error, refetch } = useQuery(historyQuery(segment.id));
  const choice = <ViewChoice label={t("view")} value={view} onChange={setView} />;
  return (
    <Card title={t("title")} hint={t("hint")} actions={choice}>
      {error && !days && <Failure error={error} retry={refetch} />}
      {!error && !days && <Skeleton height={CHART_PX} radius="md" />}
      {days && <Past days={days} view={view} />}
    </Card>
  );
}

function Past({ days, view }: { days: SegmentDay[]; view: View }) {
  const t = useTranslations("segments.history");
  const sum = growth(days);
  if (sum === null) return <Empty title={t("nothing")} hint={t("nothingHint")} icon={IconChartBar} />;
  return (
    <>
      <Text mb="md">{t("sum", { ...sum })}</Text>
      {view === "chart" ? <Picture days={days} sum={sum} /> : <DayTable days={days} />}
    </>
  );
}

function Picture({ days, sum }: { days: SegmentDay[]; sum: Growth }) {
  const t = useTranslations("segments.history");
  const format = useFormatter();
  const series = useMemo(
    () => [
      {
        key: "size",
        name: t("size"),
        counts: days.map(({ size }) => size),
        shape: "bar" as const,
        color: seriesColors[0],
      },
    ],
    [days, t],
  );
  const names = useMemo(() => days.map(({ day }) => day), [days]);
  return (
    <Chart
      days={names}
      series={series}
      height={CHART_PX}
      label={t("picture", { days: sum.days, size: format.number(sum.size) })}
    />
  );
}

function DayTable({ days }: { days: SegmentDay[] }) {
  const t = useTranslations("segments.history");
  const columns: Column<SegmentDay>[] = [
    { key: "day", label: t("day"), cell: ({ day }) => <Day day={day} /> },
    { key: "size", label: t("size"), end: true, cell: ({ size }) => <Count of={size} /> },
    { key: "entered", label: t("entered"), end: true, cell: ({ entered }) => <Count of={entered} /> },
    { key: "left", label: t("left"), end: true, cell: ({ left }) => <Count of={left} /> },
  ];
  const newestFirst = [...days].reverse();
  return (
    <Rows
      label={t("title")}
      columns={columns}
      list={whole(newestFirst)}
      keyOf={({ day }) => day}
      empty={null}
      compact
    />
  );
}
