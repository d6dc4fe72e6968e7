// Questions about exports, and wanting one.
import { queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { Export, ExportAccepted, NewExport } from "@/api/types";

export const exportsPath = "/api/exports";
const WATCHING_EVERY_MS = 1_000;
const RESTING_EVERY_MS = 30_000;

export function isUnderWay(one: Pick<Export, "state">): boolean {
  return one.state === "queued" || one.state === "running";
}

export function exportQuery(id: number) {
  return queryOptions({
    queryKey: [exportsPath, "one", id],
    queryFn: ({ signal }) => get<Export>(`${exportsPath}/${id}`, undefined, signal),
    refetchInterval: ({ state: { data: one } }) => (one && !isUnderWay(one) ? false : WATCHING_EVERY_MS),
  });
}

/** Often while one of them is being written. */
export function refetchEveryMs(all: Export[]): number {
  return all.some(isUnderWay) ? WATCHING_EVERY_MS : RESTING_EVERY_MS;
}

export function startExport(order: NewExport): Promise<ExportAccepted> {
  return post<ExportAccepted>(exportsPath, order);
}

export function fileAddress(id: number): string {
  return `${exportsPath}/${id}/file`;
}
