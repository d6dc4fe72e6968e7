// Questions about merges, and merging itself.
import { keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { Merge, MergePlan, MergeRule, MergeSide, Page, Quarantined } from "@/api/types";
import { customersPath } from "@/customers/queries";
import { duplicatesPath } from "@/duplicates/queries";

export const mergesPath = "/api/merges";
export const quarantinePath = `${mergesPath}/quarantine`;

/** Among so many merges the own last one is looked for. */
const RECENT = 50;

export type Picks = Record<string, MergeSide>;
export type Wish = { survivor: number; other: number; rule?: MergeRule; picks?: Picks; confirm?: boolean };

function bodyOf({ other, rule, picks, confirm }: Wish) {
  return { otherId: other, rule, picks, confirm };
}

/** What a merge would do. */
export function preview(wish: Wish, signal?: AbortSignal): Promise<MergePlan> {
  const body = { ...bodyOf({ ...wish, confirm: undefined }), preview: true };
  return post<MergePlan>(`${customersPath}/${wish.survivor}/merge`, body, { signal });
}

export function previewQuery(wish: Wish) {
  return queryOptions({
    queryKey: [mergesPath, "preview", wish],
    queryFn: ({ signal }) => preview(wish, signal),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function merge(wish: Wish): Promise<Merge> {
  return post<Merge>(`${customersPath}/${wish.survivor}/merge`, bodyOf(wish));
}

export function readMerge(id: number): Promise<Merge> {
  return get<Merge>(`${mergesPath}/${id}`);
}

export function undoMerge(id: number): Promise<Merge> {
  return post<Merge>(`${mergesPath}/${id}/undo`);
}

/** The last merge of this user that can be undone; what others did last is not taken back by a key. */
export async function lastMergeOf(user: number): Promise<Merge | undefined> {
  const { items } = await get<Page<Merge>>(mergesPath, { state: "done", limit: RECENT });
  return items.find(({ actor, undoable }) => undoable && actor.kind === "admin_user" && actor.id === user);
}

export function dismiss(id: number): Promise<Quarantined> {
  return post<Quarantined>(`${quarantinePath}/${id}/dismiss`);
}

/** A merge changes customers, their stories, pairs, and what waits. */
export function refreshMerged(queries: QueryClient): Promise<void> {
  const touched = [customersPath, duplicatesPath, mergesPath, "/api/segments"];
  return queries.invalidateQueries({
    predicate: ({ queryKey: [first, second] }) =>
      typeof first === "string" && second !== "preview" && touched.some((path) => first.startsWith(path)),
  });
}
