// New and returning customers of one type of activity, these days and the days before, as bars and as a table.
import { Group, Progress, Select, Skeleton, Stack } from "@mantine/core";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useFormatter, useTranslations } from "use-intl";
import { get } from "@/api/client";
import type { Condition, Dashboard, Returning } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { seriesColors } from "@/parts/chart-option";
import { Empty } from "@/parts/empty";
import { Failure } from "@/parts/failure";
import { Card } from "@/parts/page";
import { useTypeLabel } from "./charts";
import { Against } from "./lists";
import { cameAgain, cameFirst, type Range } from "./range";

const FIGURES_PX = 150;

function returningQuery(range: Range, type: string | undefined) {
  return queryOptions({
    queryKey: ["/api/dashboard/returning", range, type],
    queryFn: ({ signal }) => get<Returning>("/api/dashboard/returning", { ...range, type }, signal),
    placeholderData: keepPreviousData,
  });
}

type Props = {
  range: Range;
  /** The types of these days, the most frequent first. */
  types: Dashboard["activities"]["byType"];
  type: string | undefined;
  choose: (type: string) => void;
};

export function ReturningCustomers({ range, types, type, choose }: Props) {
  const t = useTranslations("dashboard.comers");
  const labelOf = useTypeLabel();
  const { activityTypes } = useCatalogue();
  const { data, isPlaceholderData, error, refetch } = useQuery(returningQuery(range, type));
  const chosen = type ?? data?.type ?? null;
  const names = [
    ...types.map((one) => one.type),
    ...activityTypes.map(({ name }) => name),
    ...(chosen ? [chosen] : []),
  ];
  const choice = (
    <Select
      size="xs"
      searchable
      allowDeselect={false}
      aria-label={t("type")}
      value={chosen}
      onChange={(name) => name && choose(name)}
      data={[...new Set(names)].map((name) => ({ value: name, label: labelOf(name) }))}
    />
  );
  return (
    <Card title={t("title")} hint={t("hint")} actions={choice} flush>
      {error && <Failure error={error} retry={refetch} />}
      {!error && (isPlaceholderData || !data) && <Skeleton height={FIGURES_PX} radius="md" />}
      {!error && !isPlaceholderData && data && <Figures data={data} />}
    </Card>
  );
}

function Figures({ data }: { data: Returning }) {
  const t = useTranslations("dashboard.comers");
  const { range, type, returning, newBefore, returningBefore } = data;
  const most = Math.max(data.new + returning, newBefore + returningBefore);
  if (!type || most === 0) return <Empty title={t("none")} hint={t("noneHint")} />;
  const before = { startsAt: range.beforeStartsAt, endsAt: range.startsAt };
  const rows = [
    { key: "new", now: data.new, before: newBefore, color: seriesColors[0], filter: cameFirst },
    { key: "returning", now: returning, before: returningBefore, color: seriesColors[1], filter: cameAgain },
  ] as const;
  return (
    <Stack gap="sm" mih={FIGURES_PX}>
      <Stack gap={6} px="md" pt="xs" aria-hidden>
        {(["now", "before"] as const).map((when) => (
          <Progress.Root key={when} size={when === "now" ? 14 : 8}>
            {rows.map((row) => (
              <Progress.Section
                key={row.key}
                withAria={false}
                value={(100 * row[when]) / most}
                color={`var(${row.color})`}
              />
            ))}
          </Progress.Root>
        ))}
      </Stack>
      <table className="rows compact" aria-label={t("title")}>
        <thead>
          <tr>
            <th scope="col">{t("customers")}</th>
            <th scope="col" className="end">
              {t("now")}
            </th>
            <th scope="col" className="end">
              {t("before")}
            </th>
            <th scope="col" className="end">
              {t("change")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <td>
                <Group gap={8} className="chart-legend">
                  <i aria-hidden style={{ background: `var(${row.color})` }} />
                  {t(row.key)}
                </Group>
              </td>
              <Figure count={row.now} of={t(row.key)} when={t("now")} filter={row.filter(range, type)} />
              <Figure count={row.before} of={t(row.key)} when={t("before")} filter={row.filter(before, type)} />
              <td className="end">
                <Against value={row.now} before={row.before} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Stack>
  );
}

type FigureProps = { count: number; of: string; when: string; filter: Condition };

/** As each leads elsewhere, a link covers its cell and not the row. */
function Figure({ count, of, when, filter }: FigureProps) {
  const t = useTranslations("dashboard.comers");
  const format = useFormatter();
  return (
    <td className="end" style={{ position: "relative" }}>
      <Link
        to="/customers"
        search={{ filter }}
        className="row-link figures"
        aria-label={t("figure", { count, of, when })}
      >
        {format.number(count)}
      </Link>
    </td>
  );
}
