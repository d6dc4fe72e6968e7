// All background jobs: how far they are, what went wrong, and what can be done about it.
import { Anchor, Badge, Box, Button, Group, Text, Tooltip } from "@mantine/core";
import { IconListCheck } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useFormatter, useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Job, JobState } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useRefusalText } from "@/refusals";
import { useMay } from "@/shell/session";
import { JobFilters } from "./filters";
import { useFollowed } from "./follow";
import { JobName } from "./name";
import { JobProgress } from "./progress";
import { everyMs, isOpen, jobsPath, runningIds } from "./queries";

const route = getRouteApi("/inside/jobs");
const REFRESH_EVERY_MS = 3_000;
const colors: Partial<Record<JobState, string>> = { running: "blue", done: "pine", dead: "red" };

export function JobList() {
  const t = useTranslations("jobs");
  const { state, kind } = route.useSearch();
  const list = useCursorList<Job>(
    jobsPath,
    { state, kind },
    { refetchEveryMs: (jobs) => Math.max(REFRESH_EVERY_MS, everyMs(jobs)) },
  );
  useFollowed(runningIds(list.items));
  const columns: Column<Job>[] = [
    { key: "kind", label: t("job"), cell: (job) => <JobCell job={job} /> },
    {
      key: "customer",
      label: t("customer"),
      width: 110,
      wideOnly: true,
      roomyOnly: true,
      cell: (job) => <CustomerCell job={job} />,
    },
    { key: "state", label: t("state"), width: 130, cell: (job) => <State job={job} /> },
    { key: "progress", label: t("progress"), width: 190, cell: (job) => <ProgressCell job={job} /> },
    { key: "runAt", label: t("runAt"), width: 140, wideOnly: true, cell: (job) => <When at={job.runAt} /> },
    {
      key: "attempts",
      label: t("attempts"),
      width: 90,
      end: true,
      wideOnly: true,
      roomyOnly: true,
      cell: (job) => job.attempts,
    },
    { key: "actions", label: t("actions"), width: 130, cell: (job) => <JobActions job={job} /> },
  ];
  return (
    <Page title={t("title")} hint={t("hint")}>
      <Card flush>
        <JobFilters />
        <Rows
          label={t("title")}
          columns={columns}
          list={list}
          keyOf={(job) => job.id}
          empty={<Empty title={t("none")} hint={t("noneHint")} icon={IconListCheck} />}
        />
      </Card>
    </Page>
  );
}

function State({ job }: { job: Job }) {
  const t = useTranslations("jobs");
  return <Badge color={colors[job.state] ?? "gray"}>{t(`states.${job.state}`)}</Badge>;
}

/** Whom the job is about, if anybody. */
function CustomerCell({ job }: { job: Job }) {
  if (job.customerId === null) return "–";
  return (
    <Anchor component={Link} to={`/customers/${job.customerId}`} size="sm">
      #{job.customerId}
    </Anchor>
  );
}

function ProgressCell({ job }: { job: Job }) {
  const format = useFormatter();
  const isCounting = job.total !== null && job.total > 0;
  // What only waits for its time has no progress to show.
  if (job.state !== "running" && !isCounting) return "–";
  return (
    <Box>
      <JobProgress job={job} />
      {isCounting && (
        <Text size="xs" c="dimmed" className="figures" lh={1.2} mt={3}>
          {format.number(job.done ?? 0)} / {format.number(job.total ?? 0)}
        </Text>
      )}
    </Box>
  );
}

/** What went wrong stands below what it went wrong with. */
function JobCell({ job }: { job: Job }) {
  const refusalText = useRefusalText();
  const why = job.lastError && refusalText({ message: job.lastError });
  return (
    <>
      <Subject job={job} />
      {why && job.state !== "done" && (
        <Tooltip label={why} multiline maw={520}>
          <Text size="xs" c="var(--mantine-color-error)" truncate lh={1.2}>
            {why}
          </Text>
        </Tooltip>
      )}
    </>
  );
}

/** What it does; what was done to many customers can be looked at. */
function Subject({ job }: { job: Job }) {
  const bulk = bulkOf(job);
  if (bulk === null) return <JobName kind={job.kind} />;
  return (
    <Anchor component={Link} to={`/bulk/${bulk}`} size="sm">
      <JobName kind={job.kind} />
    </Anchor>
  );
}

function bulkOf({ result }: Job): number | null {
  const found = typeof result === "object" && result !== null && "bulkId" in result ? result.bulkId : null;
  return typeof found === "number" ? found : null;
}

function JobActions({ job }: { job: Job }) {
  const t = useTranslations("jobs");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  if (!may("jobs:write")) return null;
  const act = async (verb: "retry" | "cancel", said: string) => {
    await post(`${jobsPath}/${job.id}/${verb}`);
    toasts.done(said);
    await queries.invalidateQueries({ queryKey: [jobsPath] });
  };
  const retry = () => act("retry", t("retried")).catch(toasts.failed);
  return (
    <Group gap={4}>
      {(job.state === "dead" || job.state === "cancelled") && (
        <Button size="compact-sm" variant="default" aria-label={t("retryJob", { id: job.id })} onClick={retry}>
          {t("retry")}
        </Button>
      )}
      {isOpen(job) && (
        <ConfirmButton
          size="compact-sm"
          label={t("cancel")}
          ariaLabel={t("cancelJob", { id: job.id })}
          title={t("cancelTitle")}
          text={t("cancelText")}
          verb={t("cancelVerb")}
          act={() => act("cancel", t("cancelled"))}
        />
      )}
    </Group>
  );
}
