// The figures of the day: each says how it changed against the period before and leads to what it counts.
import { Grid, Group, SegmentedControl, Skeleton, Stack } from "@mantine/core";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { get } from "@/api/client";
import type { Dashboard } from "@/api/types";
import { Failure } from "@/parts/failure";
import { Page } from "@/parts/page";
import { ActivitiesByDay } from "./activities-by-day";
import { FirstSteps } from "./first-steps";
import { Headline } from "./headline";
import { ActivityTypes, JobFigures, MailFigures, RuleFigures, SegmentFigures } from "./lists";

const route = getRouteApi("/inside/");
const DEFAULT_DAYS = 30;
const CHART_PX = 240;

function dashboardQuery(days: number) {
  return queryOptions({
    queryKey: ["/api/dashboard", days],
    queryFn: ({ signal }) => get<Dashboard>("/api/dashboard", { days }, signal),
    placeholderData: keepPreviousData,
  });
}

export function DashboardPage() {
  const t = useTranslations("dashboard");
  const { days = DEFAULT_DAYS } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(dashboardQuery(days));
  const range = (
    <SegmentedControl
      size="xs"
      aria-label={t("range")}
      value={String(days)}
      onChange={(value) => navigate({ search: { days: Number(value) as 7 | 30 | 90 }, replace: true })}
      data={([7, 30, 90] as const).map((count) => ({ value: String(count), label: t("days", { count }) }))}
    />
  );
  return (
    <Page title={t("title")} hint={t("hint", { days })} actions={range}>
      {error && !data ? <Failure error={error} retry={refetch} /> : <Figures data={data} days={days} />}
    </Page>
  );
}

function Figures({ data, days }: { data: Dashboard | undefined; days: number }) {
  if (!data) return <FiguresOnTheWay />;
  if (data.customers.total === 0) return <FirstSteps />;
  return (
    <Stack gap="md">
      <Headline data={data} days={days} />
      <Grid gap="md" className="level">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <ActivitiesByDay activities={data.activities} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <ActivityTypes types={data.activities.byType} days={days} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <SegmentFigures segments={data.segments} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <RuleFigures rules={data.rules} />
            <MailFigures mail={data.mail} />
            <JobFigures jobs={data.jobs} />
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
