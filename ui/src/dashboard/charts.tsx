// How many customers and activities there were on each day.
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import type { Dashboard } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { ChartCard, type Series } from "@/parts/chart";
import { otherColor, seriesColors, stacked } from "@/parts/chart-option";
import { readable } from "@/parts/readable";

export const CHART_PX = 240;

export function useTypeLabel() {
  const { activityTypes } = useCatalogue();
  return useMemo(() => {
    const labels = new Map(activityTypes.map(({ name, label }) => [name, label]));
    return (name: string) => labels.get(name) ?? readable(name);
  }, [activityTypes]);
}

export function ActivitiesByDay({ activities: { byDay, byType, inRange } }: { activities: Dashboard["activities"] }) {
  const t = useTranslations("dashboard");
  const labelOf = useTypeLabel();
  const days = useMemo(() => byDay.map(({ day }) => day), [byDay]);
  const series = useMemo(() => {
    const told = byType.filter((one) => one.byDay).slice(0, seriesColors.length);
    const own = told.map(({ type, byDay: counts }, place): Series => {
      return {
        key: type,
        name: labelOf(type),
        counts: counts ?? [],
        shape: "bar",
        color: seriesColors[place] ?? otherColor,
      };
    });
    const other = (counts: number[]): Series => {
      return { key: " other", name: t("otherTypes"), counts, shape: "bar", color: otherColor };
    };
    return stacked(
      own,
      byDay.map(({ count }) => count),
      other,
    );
  }, [byDay, byType, labelOf, t]);
  return (
    <ChartCard
      title={t("activitiesByDay")}
      view={t("view")}
      label={t("chart", { count: inRange, days: byDay.length })}
      days={days}
      series={series}
      height={CHART_PX}
    />
  );
}

export function CustomersOverTime({ customers }: { customers: Dashboard["customers"] }) {
  const t = useTranslations("dashboard");
  const { byDay } = customers;
  const days = useMemo(() => byDay.map(({ day }) => day), [byDay]);
  const series = useMemo(
    (): Series[] => [
      {
        key: "new",
        name: t("newCustomers"),
        counts: byDay.map((day) => day.new),
        shape: "bar",
        color: seriesColors[0],
      },
      {
        key: "total",
        name: t("allCustomers"),
        counts: byDay.map((day) => day.total),
        shape: "line",
        color: seriesColors[1],
        right: true,
      },
    ],
    [byDay, t],
  );
  return (
    <ChartCard
      title={t("customersOverTime")}
      hint={t("customersOverTimeHint")}
      view={t("customersView")}
      label={t("customersChart", { count: customers.new, days: byDay.length, total: byDay.at(-1)?.total ?? 0 })}
      days={days}
      series={series}
      height={CHART_PX}
    />
  );
}
