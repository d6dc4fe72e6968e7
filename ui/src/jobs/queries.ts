// Questions about background jobs. While any runs that is not followed, its progress is asked for often.
import { queryOptions } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Job, JobState, Page } from "@/api/types";
import { isFollowed } from "./streams";

export const jobsPath = "/api/jobs";
export const trayQueryKey = [jobsPath, "tray"] as const;
const WATCHING_EVERY_MS = 1_500;
/** News arrive by themselves; this finds jobs that have begun since. */
const FOLLOWING_EVERY_MS = 5_000;
const IDLE_EVERY_MS = 30_000;
const TRAY_JOBS_MAX = 20;

export function isOpen(job: { state: JobState }): boolean {
  return job.state === "queued" || job.state === "running";
}

export const runningJobsQuery = queryOptions({
  queryKey: trayQueryKey,
  queryFn: async ({ signal }) => {
    const page = await get<Page<Job>>(jobsPath, { state: "running", limit: TRAY_JOBS_MAX }, signal);
    return page.items;
  },
  refetchInterval: ({ state: { data: jobs = [] } }) => (jobs.length === 0 ? IDLE_EVERY_MS : everyMs(jobs)),
});

export function jobQuery(id: number) {
  return queryOptions({
    queryKey: [jobsPath, id],
    queryFn: ({ signal }) => get<Job>(`${jobsPath}/${id}`, undefined, signal),
    refetchInterval: ({ state: { data: job } }) => (job && !isOpen(job) ? false : everyMs(job ? [job] : [])),
  });
}

/** How many jobs of each kind were given up. */
export const deadQuery = queryOptions({
  queryKey: [jobsPath, "counts", "dead"],
  queryFn: ({ signal }) => get<Record<string, number>>(`${jobsPath}/counts`, { state: "dead" }, signal),
  refetchInterval: IDLE_EVERY_MS,
});

/** How often to ask for these jobs. */
export function everyMs(jobs: Job[]): number {
  const open = jobs.filter(isOpen);
  return open.length > 0 && open.every(({ id }) => isFollowed(id)) ? FOLLOWING_EVERY_MS : WATCHING_EVERY_MS;
}

/** The jobs worth following. Those that wait may do so for days. */
export function runningIds(jobs: Job[]): number[] {
  return jobs.filter(({ state }) => state === "running").map(({ id }) => id);
}

/** How far a job is, in percent; null while it does not know. */
export function percentOf(job: Pick<Job, "done" | "total">): number | null {
  if (!job.total || job.done === null) return null;
  return Math.min(100, Math.floor((100 * job.done) / job.total));
}
