// Looking for duplicates among all customers: the button, how far it is, and what the last run came to.
import { Alert, Box, Button, Text } from "@mantine/core";
import { IconUserSearch } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { get } from "@/api/client";
import type { DuplicateRun, Job, Page } from "@/api/types";
import { jobsPath } from "@/jobs/queries";
import { RunningJob } from "@/jobs/running";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { refreshPairs, startSearch } from "./queries";

const KIND = "find_duplicates";

export function useSearching(lastRun: DuplicateRun | null): { button: ReactNode; progress: ReactNode } {
  const t = useTranslations("duplicates");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const [started, setStarted] = useState<number | null>(null);
  const [isStarting, setStarting] = useState(false);
  const running = useRunning();
  const job = running ?? started;
  const start = async () => {
    setStarting(true);
    try {
      const { jobId } = await startSearch();
      setStarted(jobId);
      await queries.invalidateQueries({ queryKey: [jobsPath] });
    } catch (error) {
      toasts.failed(error);
    } finally {
      setStarting(false);
    }
  };
  const ended = async () => {
    setStarted(null);
    await queries.invalidateQueries({ queryKey: [jobsPath, "of kind", KIND] });
    await refreshPairs(queries);
  };
  return {
    button: may("duplicates:write") && (
      <Button
        leftSection={<IconUserSearch size={16} />}
        loading={isStarting}
        disabled={running !== null}
        onClick={start}
      >
        {t("look")}
      </Button>
    ),
    progress: (
      <Box>
        <RunningJob job={job} text={t("looking")} ended={ended} />
        {lastRun && job === null && <LastRun run={lastRun} />}
      </Box>
    ),
  };
}

/** The search that is under way, whoever started it. */
function useRunning(): number | null {
  const may = useMay();
  const { data } = useQuery({
    queryKey: [jobsPath, "of kind", KIND],
    queryFn: async ({ signal }) => {
      const lists = (["running", "queued"] as const).map((state) =>
        get<Page<Job>>(jobsPath, { state, kind: KIND, limit: 1 }, signal),
      );
      return (await Promise.all(lists)).flatMap(({ items }) => items)[0]?.id ?? null;
    },
    enabled: may("jobs:read"),
  });
  return data ?? null;
}

/** What a run came to. */
export function RunFigures({ run: { customers, compared, pairs, millis } }: { run: DuplicateRun }) {
  const t = useTranslations("duplicates");
  return t("lastRunFigures", { customers, compared, pairs, seconds: millis / 1000 });
}

function LastRun({ run }: { run: DuplicateRun }) {
  const t = useTranslations("duplicates");
  const { at, cut } = run;
  return (
    <>
      <Text size="sm" c="dimmed">
        {t("lastRun")} <When at={at} />: <RunFigures run={run} />
      </Text>
      {cut > 0 && (
        <Alert color="yellow" mt="xs">
          {t("cut", { count: cut })}
        </Alert>
      )}
    </>
  );
}
