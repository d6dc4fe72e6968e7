// Questions about bulk actions, and starting, stopping and undoing them.
import { queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { Bulk, BulkAccepted, BulkDeed, BulkPreview } from "@/api/types";
import type { Chosen } from "./selection";

export const bulkPath = "/api/bulk";
const WATCHING_EVERY_MS = 1_000;
const RESTING_EVERY_MS = 30_000;

export function isUnderWay(one: Pick<Bulk, "state">): boolean {
  return one.state === "queued" || one.state === "running";
}

export function doneOf({ changed, same, refused }: Pick<Bulk, "changed" | "same" | "refused">): number {
  return changed + same + refused;
}

export function bulkQuery(id: number) {
  return queryOptions({
    queryKey: [bulkPath, "one", id],
    queryFn: ({ signal }) => get<Bulk>(`${bulkPath}/${id}`, undefined, signal),
    refetchInterval: ({ state: { data: one } }) => (one && !isUnderWay(one) ? false : WATCHING_EVERY_MS),
  });
}

/** Often while one of them is under way. */
export function refetchEveryMs(all: Bulk[]): number {
  return all.some(isUnderWay) ? WATCHING_EVERY_MS : RESTING_EVERY_MS;
}

/** An order, and what would come of it. */
export type Ahead = { order: BulkOrder; preview: BulkPreview };
export type BulkOrder = { action: BulkDeed } & Chosen;

export async function previewBulk(order: BulkOrder): Promise<Ahead> {
  return { order, preview: await post<BulkPreview>(`${bulkPath}/preview`, order) };
}

/** Begins what was looked at, unless by now others are chosen. */
export function startBulk({ order, preview }: Ahead): Promise<BulkAccepted> {
  return post<BulkAccepted>(bulkPath, { ...order, expected: preview.total });
}

export function undoBulk(id: number): Promise<BulkAccepted> {
  return post<BulkAccepted>(`${bulkPath}/${id}/undo`);
}

export function cancelBulk(id: number): Promise<Bulk> {
  return post<Bulk>(`${bulkPath}/${id}/cancel`);
}
