// The jobs that run right now, at the foot of the navigation; nothing is drawn while there are none.
import { Box, Group, Popover, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconLoader2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Job } from "@/api/types";
import { useMay } from "@/shell/session";
import { useFollowed } from "./follow";
import { JobName } from "./name";
import { JobProgress } from "./progress";
import { percentOf, runningIds, runningJobsQuery } from "./queries";

export function JobTray() {
  const t = useTranslations("jobs");
  const may = useMay();
  const { data: jobs = [] } = useQuery({ ...runningJobsQuery, enabled: may("jobs:read") });
  useFollowed(runningIds(jobs));
  if (jobs.length === 0) return null;
  return (
    <Popover position="top-start" width={280} shadow="md">
      <Popover.Target>
        <UnstyledButton className="nav-link" w="100%">
          <IconLoader2 size={17} aria-hidden />
          <span aria-live="polite">{t("running", { count: jobs.length })}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          {jobs.map((job) => (
            <TrayJob key={job.id} job={job} />
          ))}
          <Link to="/jobs" search={{}} style={{ color: "var(--mantine-color-anchor)", fontSize: 14 }}>
            {t("all")}
          </Link>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function TrayJob({ job }: { job: Job }) {
  const percent = percentOf(job);
  return (
    <Box>
      <Group justify="space-between" mb={4}>
        <Text size="sm">
          <JobName kind={job.kind} />
        </Text>
        {percent !== null && (
          <Text size="sm" c="dimmed" className="figures">
            {percent} %
          </Text>
        )}
      </Group>
      <JobProgress job={job} />
    </Box>
  );
}
