// How the customer list is looked at: by the address alone, by a saved view, or by a view that was changed. Pure.
import type { SavedViewState } from "@/api/types";
import type { CustomersSearch, Density, ViewColumn } from "@/searches";

/** What is looked for, and how it is shown. */
export type Look = Omit<CustomersSearch, "view" | "changed" | "columns" | "density"> & {
  columns: ViewColumn[];
  density: Density;
};

export const defaultSort = "-createdAt";
const defaultNames = ["name", "email", "city", "countryCode", "segments", "createdAt"];
export const defaultColumns: ViewColumn[] = defaultNames.map((name) => ({ name }));

/** Whether nobody has chosen any: then the list may leave out what a small screen has no room for. */
export function areUsual(columns: ViewColumn[]): boolean {
  return (
    columns.length === defaultColumns.length &&
    columns.every(({ name, width }, place) => name === defaultColumns[place]?.name && width == null)
  );
}

/** The columns with another width of one of them; without a width it is as the browser likes. */
export function withWidth(columns: ViewColumn[], name: string, width: number | undefined): ViewColumn[] {
  return columns.map((column) => (column.name === name ? { name, width } : column));
}

/** Nothing is looked for: what narrows the list down is taken away. */
export const unnarrowed: Partial<Look> = {
  q: undefined,
  fields: undefined,
  segments: undefined,
  mode: undefined,
  active: undefined,
  filter: undefined,
};

export function lookOfState(state: SavedViewState): Look {
  return {
    q: state.search ?? undefined,
    fields: some(state.searchFields),
    sort: state.sort ?? undefined,
    segments: some(state.segments),
    mode: state.segmentMode === "all" ? undefined : state.segmentMode,
    active: state.active ?? undefined,
    filter: state.condition ?? undefined,
    columns: state.columns.length > 0 ? state.columns : defaultColumns,
    density: state.density,
  };
}

/** The look as it is kept: always spelled in the same way, so that two can be compared. */
export function stateOf(look: Look): SavedViewState {
  const segments = look.segments ?? [];
  return {
    search: look.q ?? null,
    searchFields: look.fields ?? [],
    condition: look.filter ?? null,
    segments,
    segmentMode: segments.length > 1 ? (look.mode ?? "all") : "all",
    active: look.active ?? null,
    columns: look.columns.map(({ name, width }) => ({ name, width: width ?? null })),
    density: look.density,
    sort: look.sort ?? defaultSort,
  };
}

export function isSame(one: Look, other: Look): boolean {
  return JSON.stringify(stateOf(one)) === JSON.stringify(stateOf(other));
}

/** The look that an address means. Without a view, columns and density are the reader's own. */
export function lookOf(
  search: CustomersSearch,
  saved: SavedViewState | undefined,
  own: Pick<Look, "columns" | "density">,
): Look {
  const { view, changed, columns, density, ...narrowed } = search;
  if (view === undefined || saved === undefined) return { ...narrowed, ...own };
  const kept = lookOfState(saved);
  if (!changed) return kept;
  return { ...narrowed, columns: columns ?? kept.columns, density: density ?? kept.density };
}

/** The address of a view with something about it changed. */
export function changedSearch(
  search: CustomersSearch,
  saved: SavedViewState,
  own: Pick<Look, "columns" | "density">,
  part: Partial<Look>,
): CustomersSearch {
  const look = { ...lookOf(search, saved, own), ...part };
  return isSame(look, lookOfState(saved)) ? { view: search.view } : { ...look, view: search.view, changed: true };
}

function some<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}
