// Questions about saved views, and what is done with them.
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { get, post, put, remove } from "@/api/client";
import type { Page, SavedView, SavedViewPerson, SavedViewRole, SavedViewShare } from "@/api/types";

export const viewsPath = "/api/saved-views";
const CHOICES_MAX = 500;

/** One's own views and those shared with one. */
export const viewsQuery = queryOptions({
  queryKey: [viewsPath, "usable"],
  queryFn: async ({ signal }) => (await get<Page<SavedView>>(viewsPath, { limit: CHOICES_MAX }, signal)).items,
});

/** Those of everybody, for who looks after them. */
export const allViewsQuery = queryOptions({
  queryKey: [viewsPath, "all"],
  queryFn: async ({ signal }) =>
    (await get<Page<SavedView>>(viewsPath, { limit: CHOICES_MAX, all: true }, signal)).items,
});

export function viewQuery(id: number) {
  return queryOptions({
    queryKey: [viewsPath, "one", id],
    queryFn: ({ signal }) => get<SavedView>(`${viewsPath}/${id}`, undefined, signal),
  });
}

export const peopleQuery = queryOptions({
  queryKey: [viewsPath, "people"],
  queryFn: async ({ signal }) =>
    (await get<Page<SavedViewPerson>>(`${viewsPath}/people`, { limit: CHOICES_MAX }, signal)).items,
});

export const reachableRolesQuery = queryOptions({
  queryKey: [viewsPath, "roles"],
  queryFn: async ({ signal }) => (await get<Page<SavedViewRole>>(`${viewsPath}/roles`, undefined, signal)).items,
});

/** A view as it was answered to a change: what shows it need not ask again, what lists it does. */
export async function remember(queries: QueryClient, view: SavedView) {
  queries.setQueryData(viewQuery(view.id).queryKey, view);
  await refreshLists(queries);
}

export async function refreshLists(queries: QueryClient) {
  await Promise.all([viewsQuery, allViewsQuery].map(({ queryKey }) => queries.invalidateQueries({ queryKey })));
}

export function setShortcut({ id }: SavedView, isShortcut: boolean): Promise<void> {
  const path = `${viewsPath}/${id}/shortcut`;
  return isShortcut ? put(path) : remove(path);
}

export function sharesOf({ shares }: SavedView): SavedViewShare[] {
  return shares.map(({ user, role, mayEdit }) => ({ userId: user?.id ?? null, role, mayEdit }));
}

/** Keeps a view that was deleted once more, as its owner's, and shared as before by who may share; those who had it in their menus
 * have to put it there again. */
export async function restore(view: SavedView, isOwn: boolean, mayShare: boolean): Promise<SavedView> {
  const { name, description, list, state, owner, isShortcut } = view;
  const ownerId = isOwn ? null : (owner?.id ?? null);
  const shares = mayShare ? sharesOf(view) : [];
  const again = await post<SavedView>(viewsPath, { name, description, list, state, shares, ownerId });
  if (isShortcut) await setShortcut(again, true);
  return { ...again, isShortcut };
}
