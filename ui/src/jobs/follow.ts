// Keeps what pages show of jobs up to date while they run: by the jobs' streams, as long as the page can be seen.
import { useDocumentVisibility } from "@mantine/hooks";
import { type InfiniteData, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useReducer } from "react";
import type { Job, Page } from "@/api/types";
import { useMay } from "@/shell/session";
import { isOpen, jobQuery, jobsPath, trayQueryKey } from "./queries";
import { follow, STREAMS_MAX } from "./streams";

/** Follows the first of these jobs, and calls `told` with each piece of news. What cannot be followed is polled as ever. */
export function useFollowed(jobs: number[], told?: (job: Job) => void) {
  const queries = useQueryClient();
  const may = useMay();
  const isVisible = useDocumentVisibility() === "visible";
  // Intervals of polling depend on what is followed and are looked at again with every draw.
  const [, redraw] = useReducer((draws: number) => draws + 1, 0);
  const tell = useEffectEvent((job: Job) => {
    spread(queries, job);
    told?.(job);
  });
  const wanted = isVisible && may("jobs:read") ? jobs.slice(0, STREAMS_MAX).join(" ") : "";
  useEffect(() => {
    const ids = wanted.split(" ").filter(Boolean).map(Number);
    const stops = ids.map((id) => follow(id, { told: (job) => tell(job), turned: redraw }));
    return () => {
      for (const stop of stops) stop();
    };
  }, [wanted]);
}

/** Puts the news wherever this job is shown. When it has ended, everybody asks once more: it may belong elsewhere now. */
function spread(queries: QueryClient, job: Job) {
  const renewed = (jobs: Job[]) => jobs.map((one) => (one.id === job.id ? job : one));
  queries.setQueryData(jobQuery(job.id).queryKey, job);
  queries.setQueryData<Job[]>(trayQueryKey, (jobs) => jobs && renewed(jobs));
  queries.setQueriesData<InfiniteData<Page<Job>>>({ queryKey: [jobsPath], predicate: isList }, (list) => {
    return list && { ...list, pages: list.pages.map((page) => ({ ...page, items: renewed(page.items) })) };
  });
  if (!isOpen(job)) queries.invalidateQueries({ queryKey: [jobsPath] });
}

function isList({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return typeof queryKey[1] === "object";
}
