// Evaluating segments for everyone once more: one or all, with how far it is, and a way to stop it.
import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import { jobsPath } from "@/jobs/queries";
import { RunningJob } from "@/jobs/running";
import { useToasts } from "@/parts/toasts";
import { segmentsPath } from "./queries";

type Props = { path: string; body?: object; label: string; started?: (job: number) => void };

export function RebuildButton({ path, body, label, started }: Props) {
  const t = useTranslations("segments");
  const toasts = useToasts();
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const rebuild = async () => {
    setBusy(true);
    try {
      const { jobId } = await post<{ jobId: number }>(path, body);
      started?.(jobId);
      toasts.done(t("rebuildStarted"));
      await queries.invalidateQueries({ queryKey: [segmentsPath] });
      await queries.invalidateQueries({ queryKey: [jobsPath] });
    } catch (error) {
      toasts.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={rebuild} loading={isBusy}>
      {label}
    </Button>
  );
}

/** Shown as long as the job has not ended. */
export function RebuildProgress({ job }: { job: number | null }) {
  const t = useTranslations("segments");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: [segmentsPath] });
  return <RunningJob job={job} text={t("rebuilding")} ended={refresh} />;
}
