// Which customers of the list are chosen: one by one, a range, a page, or all that match but some. Pure.
import type { CustomerFilter } from "@/api/types";

export type Selection = {
  /** Whether all that match are chosen. */
  isAll: boolean;
  /** Who is chosen; of all that match, who is not. */
  ids: ReadonlySet<number>;
  /** Where a range begins: the one that was chosen or left out last. */
  anchor: number | null;
};

/** Customers in the words of the API. */
export type Chosen = { customers: number[] } | { filter: CustomerFilter; except: number[] };

export const nobody: Selection = { isAll: false, ids: new Set(), anchor: null };
export const everybody: Selection = { isAll: true, ids: new Set(), anchor: null };

export function isChosen({ isAll, ids }: Selection, id: number): boolean {
  return isAll !== ids.has(id);
}

/** How many are chosen; null while it is not known how many match. */
export function countOf({ isAll, ids }: Selection, total: number | null): number | null {
  if (!isAll) return ids.size;
  return total === null ? null : Math.max(0, total - ids.size);
}

export function toggled(selection: Selection, id: number): Selection {
  return { ...withAll(selection, [id], !isChosen(selection, id)), anchor: id };
}

/** What becomes of one becomes of all between him and the anchor, as they are listed. */
export function ranged(selection: Selection, listed: number[], id: number): Selection {
  const [from, to] = [listed.indexOf(selection.anchor ?? id), listed.indexOf(id)];
  if (from < 0 || to < 0) return toggled(selection, id);
  const range = listed.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ...withAll(selection, range, !isChosen(selection, id)), anchor: id };
}

/** How many of the listed ones are chosen. */
export function shareOf(selection: Selection, listed: number[]): "none" | "some" | "all" {
  const chosen = listed.filter((id) => isChosen(selection, id)).length;
  if (chosen === 0) return "none";
  return chosen === listed.length ? "all" : "some";
}

/** Chooses all who are listed; if they are, none of them. */
export function pageToggled(selection: Selection, listed: number[]): Selection {
  return { ...withAll(selection, listed, shareOf(selection, listed) !== "all"), anchor: null };
}

export function chosenBy({ isAll, ids }: Selection, filter: CustomerFilter): Chosen {
  const all = [...ids].sort((one, other) => one - other);
  return isAll ? { filter, except: all } : { customers: all };
}

function withAll({ isAll, ids, anchor }: Selection, changed: number[], isWanted: boolean): Selection {
  const kept = new Set(ids);
  for (const id of changed) {
    if (isAll === isWanted) kept.delete(id);
    else kept.add(id);
  }
  return { isAll, ids: kept, anchor };
}
