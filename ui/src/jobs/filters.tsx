// Which jobs are listed, and what can be done with all that were given up.
import { Group, Select } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Job, JobState } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
import { jobKinds, useJobText } from "./name";
import { jobsPath } from "./queries";

const route = getRouteApi("/inside/jobs");
const states: JobState[] = ["queued", "running", "done", "dead", "cancelled"];

export function JobFilters({ jobs }: { jobs: Job[] }) {
  const t = useTranslations("jobs");
  const { state, kind } = route.useSearch();
  const navigate = route.useNavigate();
  const textOf = useJobText();
  const change = (part: { state?: string; kind?: string }) =>
    navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const kinds: string[] =
    kind === undefined || jobKinds.some((one) => one === kind) ? [...jobKinds] : [...jobKinds, kind];
  const dead = jobs.filter((job) => job.state === "dead");
  return (
    <Group gap="xs" p="sm">
      <Select
        w={200}
        aria-label={t("state")}
        value={state ?? "all"}
        onChange={(value) => change({ state: value === "all" ? undefined : (value ?? undefined) })}
        allowDeselect={false}
        data={[
          { value: "all", label: t("allStates") },
          ...states.map((value) => ({ value, label: t(`states.${value}`) })),
        ]}
      />
      <Select
        w={290}
        searchable
        aria-label={t("job")}
        value={kind ?? "all"}
        onChange={(value) => change({ kind: value === "all" ? undefined : (value ?? undefined) })}
        allowDeselect={false}
        data={[
          { value: "all", label: t("allKinds") },
          ...kinds.map((value) => ({ value, label: textOf(value) })).sort((a, b) => a.label.localeCompare(b.label)),
        ]}
      />
      {state === "dead" && dead.length > 0 && <RetryAll jobs={dead} />}
    </Group>
  );
}

/** Runs again what is in sight, one after the other: what caused them to be given up may still stand. */
function RetryAll({ jobs }: { jobs: Job[] }) {
  const t = useTranslations("jobs");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  if (!may("jobs:write")) return null;
  const act = async () => {
    try {
      for (const { id } of jobs) await post(`${jobsPath}/${id}/retry`);
      toasts.done(t("retriedAll", { count: jobs.length }));
    } finally {
      await queries.invalidateQueries({ queryKey: [jobsPath] });
    }
  };
  return (
    <ConfirmButton
      label={t("retryAll")}
      title={t("retryAllTitle", { count: jobs.length })}
      text={t("retryAllText")}
      verb={t("retryAllVerb")}
      act={act}
    />
  );
}
