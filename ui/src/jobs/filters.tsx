// Which jobs are listed, how many of each kind were given up, and trying all of those again.
import { Chip, Group, Select, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useFormatter, useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { JobState, RetriedJobs } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { useToasts } from "@/parts/toasts";
import type { JobsSearch } from "@/searches";
import { useMay } from "@/shell/session";
import { jobKinds, useJobText } from "./name";
import { deadQuery, jobsPath } from "./queries";

const route = getRouteApi("/inside/jobs");
const states: JobState[] = ["queued", "running", "done", "dead", "cancelled"];

function useChange(): (part: JobsSearch) => void {
  const navigate = route.useNavigate();
  return (part) => navigate({ search: (before) => ({ ...before, ...part }), replace: true });
}

export function JobFilters() {
  const { state } = route.useSearch();
  return (
    <Stack gap="xs" p="sm">
      <Choices />
      {state === "dead" && <DeadLetters />}
    </Stack>
  );
}

function Choices() {
  const t = useTranslations("jobs");
  const { state, kind } = route.useSearch();
  const change = useChange();
  const textOf = useJobText();
  const kinds: string[] =
    kind === undefined || jobKinds.some((one) => one === kind) ? [...jobKinds] : [...jobKinds, kind];
  return (
    <Group gap="xs">
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
    </Group>
  );
}

/** What was given up, by kind, and all of it once more. */
function DeadLetters() {
  const t = useTranslations("jobs");
  const format = useFormatter();
  const { kind } = route.useSearch();
  const change = useChange();
  const textOf = useJobText();
  const { data: dead = {} } = useQuery(deadQuery);
  const kinds = Object.keys(dead).sort((one, other) => textOf(one).localeCompare(textOf(other)));
  const all = Object.values(dead).reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  return (
    <Group gap="xs" justify="space-between">
      <Chip.Group
        value={kind ?? "all"}
        onChange={(value) => change({ kind: value === "all" ? undefined : String(value) })}
      >
        <Group gap={4} role="radiogroup" aria-label={t("deadByKind")} className="figures">
          <Chip size="xs" value="all">
            {t("allKinds")} {format.number(all)}
          </Chip>
          {kinds.map((one) => (
            <Chip key={one} size="xs" value={one}>
              {textOf(one)} {format.number(dead[one] ?? 0)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <RetryAll kind={kind} count={kind === undefined ? all : (dead[kind] ?? 0)} />
    </Group>
  );
}

function RetryAll({ kind, count }: { kind: string | undefined; count: number }) {
  const t = useTranslations("jobs");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  if (!may("jobs:write") || count === 0) return null;
  const act = async () => {
    const { retried } = await post<RetriedJobs>(`${jobsPath}/retry`, { state: "dead", kind });
    toasts.done(t("retriedAll", { count: retried }));
    await queries.invalidateQueries({ queryKey: [jobsPath] });
  };
  return (
    <ConfirmButton
      label={t("retryAll")}
      title={t("retryAllTitle", { count })}
      text={t("retryAllText")}
      verb={t("retryAllVerb")}
      act={act}
    />
  );
}
