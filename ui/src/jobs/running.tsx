// How far a job is that was started on a page, and a way to stop it.
import { Box, Group, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import { ConfirmButton } from "@/parts/confirm";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
import { useFollowed } from "./follow";
import { JobProgress } from "./progress";
import { isOpen, jobQuery, jobsPath } from "./queries";

type Props = {
  job: number | null;
  text: string;
  /** Asks anew for what the job has changed. */
  ended: () => Promise<unknown>;
};

/** Shown as long as the job has not ended. */
export function RunningJob({ job: id, text, ended }: Props) {
  const t = useTranslations("jobs");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const { data: job } = useQuery({ ...jobQuery(id ?? 0), enabled: id !== null && may("jobs:read") });
  useFollowed(id === null ? [] : [id], (news) => !isOpen(news) && ended());
  if (id === null || !job || !isOpen(job)) return null;
  const cancel = async () => {
    await post(`${jobsPath}/${id}/cancel`);
    toasts.done(t("cancelled"));
    await queries.invalidateQueries({ queryKey: [jobsPath] });
    await ended();
  };
  return (
    <Group gap="sm" wrap="nowrap">
      <Text size="sm">{text}</Text>
      <Box flex={1}>
        <JobProgress job={job} />
      </Box>
      {may("jobs:write") && (
        <ConfirmButton
          size="compact-sm"
          label={t("cancel")}
          title={t("cancelTitle")}
          text={t("cancelText")}
          verb={t("cancelVerb")}
          act={cancel}
        />
      )}
    </Group>
  );
}
