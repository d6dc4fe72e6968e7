// How many activities there were on each day, as a picture or as a table.
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Dashboard } from "@/api/types";
import { Bars } from "@/parts/bars";
import { Count } from "@/parts/count";
import { whole } from "@/parts/cursor-list";
import { Card } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { type View, ViewChoice } from "@/parts/view-choice";
import { Day } from "@/parts/when";

const CHART_PX = 240;

type Activities = Dashboard["activities"];
type DayCount = Activities["byDay"][number];

export function ActivitiesByDay({ activities: { byDay, inRange } }: { activities: Activities }) {
  const t = useTranslations("dashboard");
  const [view, setView] = useState<View>("chart");
  const choice = <ViewChoice label={t("view")} value={view} onChange={setView} />;
  return (
    <Card title={t("activitiesByDay")} actions={choice}>
      {view === "chart" ? (
        <Bars
          days={byDay}
          height={CHART_PX}
          label={t("chart", { count: inRange, days: byDay.length })}
          wordsOf={(day, count) => t("onDay", { day, count })}
        />
      ) : (
        <DayTable days={byDay} />
      )}
    </Card>
  );
}

/** As high as the picture, so that nothing below it jumps. */
function DayTable({ days }: { days: DayCount[] }) {
  const t = useTranslations("dashboard");
  const columns: Column<DayCount>[] = [
    { key: "day", label: t("day"), cell: ({ day }) => <Day day={day} /> },
    { key: "count", label: t("activities"), end: true, cell: ({ count }) => <Count of={count} /> },
  ];
  return (
    <Rows
      label={t("activitiesByDay")}
      columns={columns}
      list={whole([...days].reverse())}
      keyOf={({ day }) => day}
      empty={null}
      height={`${CHART_PX}px`}
      compact
    />
  );
}
