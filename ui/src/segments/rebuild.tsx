// Evaluating segments for everyone once more: one or all, with how far it is, and a way to stop it.
import { Box, Button, Group, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import { useFollowed } from "@/jobs/follow";
import { JobProgress } from "@/jobs/progress";
import { isOpen, jobQuery, jobsPath } from "@/jobs/queries";
import { ConfirmButton } from "@/parts/confirm";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
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
export function RebuildProgress({ job: id }: { job: number | null }) {
  const t = useTranslations("segments");
  const jobs = useTranslations("jobs");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const { data: job } = useQuery({ ...jobQuery(id ?? 0), enabled: id !== null && may("jobs:read") });
  const refresh = () => queries.invalidateQueries({ queryKey: [segmentsPath] });
  useFollowed(id === null ? [] : [id], (news) => !isOpen(news) && refresh());
  if (id === null || !job || !isOpen(job)) return null;
  const cancel = async () => {
    await post(`${jobsPath}/${id}/cancel`);
    toasts.done(jobs("cancelled"));
    await queries.invalidateQueries({ queryKey: [jobsPath] });
    await refresh();
  };
  return (
    <Group gap="sm" wrap="nowrap">
      <Text size="sm">{t("rebuilding")}</Text>
      <Box flex={1}>
        <JobProgress job={job} />
      </Box>
      {may("jobs:write") && (
        <ConfirmButton
          size="compact-sm"
          label={jobs("cancel")}
          title={jobs("cancelTitle")}
          text={jobs("cancelText")}
          verb={jobs("cancelVerb")}
          act={cancel}
        />
      )}
    </Group>
  );
}
