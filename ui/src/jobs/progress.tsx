// How far a job is, as a bar; unknown totals show movement instead of a share.
import { Progress } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Job } from "@/api/types";
import { percentOf } from "./queries";

export function JobProgress({ job }: { job: Pick<Job, "done" | "total" | "state"> }) {
  const t = useTranslations("jobs");
  const percent = percentOf(job);
  const isUnknown = percent === null && job.state === "running";
  return (
    <Progress
      value={isUnknown ? 100 : (percent ?? 0)}
      animated={isUnknown}
      size="sm"
      color="pine"
      aria-label={t("progress")}
    />
  );
}
