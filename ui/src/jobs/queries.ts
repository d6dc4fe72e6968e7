// Questions about background jobs. While any runs, its progress is asked for often; otherwise hardly ever.
import { queryOptions } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Job, JobState, Page } from "@/api/types";

const WATCHING_EVERY_MS = 1_500;
const IDLE_EVERY_MS = 30_000;
const TRAY_JOBS_MAX = 20;

export function isOpen(job: { state: JobState }): boolean {
  return job.state === "queued" || job.state === "running";
}

export const runningJobsQuery = queryOptions({
  queryKey: ["/api/jobs", "tray"],
  queryFn: async ({ signal }) => {
    const page = await get<Page<Job>>("/api/jobs", { state: "running", limit: TRAY_JOBS_MAX }, signal);
    return page.items;
  },
  refetchInterval: (query) => ((query.state.data?.length ?? 0) > 0 ? WATCHING_EVERY_MS : IDLE_EVERY_MS),
});

export function jobQuery(id: number) {
  return queryOptions({
    queryKey: ["/api/jobs", id],
    queryFn: ({ signal }) => get<Job>(`/api/jobs/${id}`, undefined, signal),
    refetchInterval: (query) => (query.state.data && !isOpen(query.state.data) ? false : WATCHING_EVERY_MS),
  });
}

/** How far a job is, in percent; null while it does not know. */
export function percentOf(job: Pick<Job, "done" | "total">): number | null {
  if (!job.total || job.done === null) return null;
  return Math.min(100, Math.floor((100 * job.done) / job.total));
}
