// Figures by day as a picture that comes when it is first shown, or as a table with the same figures.
import { Box, Group, Skeleton, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { Series } from "./chart-option";
import { Count } from "./count";
import { whole } from "./cursor-list";
import { later } from "./later";
import { Card } from "./page";
import { type Column, Rows } from "./rows";
import { type View, ViewChoice } from "./view-choice";
import { Day } from "./when";

export type { Series };

type PictureProps = {
  days: string[];
  series: Series[];
  height: number;
  /** What the picture shows, for those who do not see it. */
  label: string;
};

const Picture = later(
  () => import("./picture"),
  "Picture",
  ({ height }) => <Skeleton height={height} radius="md" />,
);

export function Chart({ days, series, height, label }: PictureProps) {
  return (
    <Box>
      {series.length > 1 && <Legend series={series} />}
      <Picture days={days} series={series} height={height} label={label} />
    </Box>
  );
}

function Legend({ series }: { series: Series[] }) {
  return (
    <Group gap="4px 14px" mb="xs" component="ul" className="chart-legend">
      {series.map(({ key, name, color }) => (
        <Group key={key} gap={6} wrap="nowrap" component="li">
          <Box component="i" aria-hidden style={{ background: `var(${color})` }} />
          <Text size="sm" c="dimmed">
            {name}
          </Text>
        </Group>
      ))}
    </Group>
  );
}

type CardProps = PictureProps & {
  title: string;
  hint?: string;
  /** What the choice between picture and table is called. */
  view: string;
  actions?: ReactNode;
  /** In place of a table of the series. */
  table?: ReactNode;
};

export function ChartCard({ title, hint, view: choice, actions, table, ...picture }: CardProps) {
  const [view, setView] = useState<View>("chart");
  const choices = (
    <>
      {actions}
      <ViewChoice label={choice} value={view} onChange={setView} />
    </>
  );
  return (
    <Card title={title} hint={hint} actions={choices}>
      {view === "chart" ? <Chart {...picture} /> : (table ?? <DayTable {...picture} title={title} />)}
    </Card>
  );
}

type DayRow = { day: string; counts: number[] };

/** As high as the picture, so that nothing below it jumps. */
function DayTable({ title, days, series, height }: PictureProps & { title: string }) {
  const t = useTranslations("parts");
  const rows: DayRow[] = days.map((day, place) => ({ day, counts: series.map(({ counts }) => counts[place] ?? 0) }));
  const columns: Column<DayRow>[] = [
    { key: "day", label: t("day"), cell: ({ day }) => <Day day={day} /> },
    ...series.map(({ key, name }, place) => ({
      key,
      label: name,
      end: true,
      cell: ({ counts }: DayRow) => <Count of={counts[place] ?? 0} />,
    })),
  ];
  return (
    <Rows
      label={title}
      columns={columns}
      list={whole(rows.reverse())}
      keyOf={({ day }) => day}
      empty={null}
      height={`${height}px`}
      compact
    />
  );
}
