// The figures of the day: each says how it changed against the period before and leads to what it counts.
import { Grid, Group, Skeleton, Stack } from "@mantine/core";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { get } from "@/api/client";
import type { Dashboard } from "@/api/types";
import { Failure } from "@/parts/failure";
import { Page } from "@/parts/page";
import { useMay } from "@/shell/session";
import { ActivitiesByDay, CHART_PX, CustomersOverTime } from "./charts";
import { FirstSteps } from "./first-steps";
import { Headline } from "./headline";
import { KnownCustomers } from "./known";
import { ActivityTypes, MailFigures, RuleFigures, SegmentFigures, Waiting } from "./lists";
import { Period } from "./period";
import { type Range, rangeOf } from "./range";
import { ReturningCustomers } from "./returning";

const route = getRouteApi("/inside/");

function dashboardQuery(range: Range) {
  return queryOptions({
    queryKey: ["/api/dashboard", range],
    queryFn: ({ signal }) => get<Dashboard>("/api/dashboard", range, signal),
    placeholderData: keepPreviousData,
  });
}

export function DashboardPage() {
  const t = useTranslations("dashboard");
  const may = useMay();
  const { type, ...days } = route.useSearch();
  const range = rangeOf(days);
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(dashboardQuery(range));
  const period = (
    <Period range={range} onChange={(search) => navigate({ search: { ...search, type }, replace: true })} />
  );
  const returning = data && may("activities:read") && (
    <ReturningCustomers
      range={range}
      types={data.activities.byType}
      type={type}
      choose={(chosen) => navigate({ search: { ...days, type: chosen }, replace: true })}
    />
  );
  return (
    <Page title={t("title")} hint={<Hint range={range} data={data} />} actions={period}>
      {error && !data ? <Failure error={error} retry={refetch} /> : <Figures data={data} returning={returning} />}
    </Page>
  );
}

function Hint({ range, data }: { range: Range; data: Dashboard | undefined }) {
  const t = useTranslations("dashboard");
  const format = useFormatter();
  const shown = (day: string) =>
    format.dateTime(new Date(`${day}T12:00:00Z`), { dateStyle: "medium", timeZone: "UTC" });
  if ("days" in range) return t("hint", { days: range.days });
  const before = data?.range;
  const text = t("ownHint", { from: shown(range.from), to: shown(range.to) });
  return before
    ? `${text} ${t("ownHintBefore", { from: shown(before.beforeFrom), to: shown(before.beforeTo) })}`
    : text;
}

function Figures({ data, returning }: { data: Dashboard | undefined; returning: ReactNode }) {
  if (!data) return <FiguresOnTheWay />;
  if (data.customers.total === 0) return <FirstSteps />;
  return (
    <Stack gap="md">
      <Headline data={data} />
      <Grid gap="md" className="level">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            <ActivitiesByDay activities={data.activities} />
            <CustomersOverTime customers={data.customers} />
            {returning}
            <SegmentFigures segments={data.segments} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <KnownCustomers customers={data.customers} range={data.range} />
            <ActivityTypes types={data.activities.byType} range={data.range} />
            <RuleFigures rules={data.rules} range={data.range} />
            <MailFigures mail={data.mail} range={data.range} />
            <Waiting data={data} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

function FiguresOnTheWay() {
  return (
    <Stack gap="md" aria-busy>
      <Group grow>
        {["customers", "new", "activities", "active"].map((figure) => (
          <Skeleton key={figure} height={104} radius="md" />
        ))}
      </Group>
      <Skeleton height={CHART_PX + 70} radius="md" />
    </Stack>
  );
}
