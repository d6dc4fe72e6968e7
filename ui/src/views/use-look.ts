// How the customer list is looked at right now, and the ways to look at it otherwise.
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ApiError } from "@/api/problem";
import type { SavedView } from "@/api/types";
import { columns as columnsIn, type Density, type ViewColumn } from "@/searches";
import { changedSearch, defaultColumns, isSame, type Look, lookOf, lookOfState } from "./look";
import { viewQuery } from "./queries";

const route = getRouteApi("/inside/customers");

export type Looking = {
  look: Look;
  change: (part: Partial<Look>) => void;
  /** The view that is open, once it has arrived. */
  view: SavedView | undefined;
  isChanged: boolean;
  /** Whether it is known how to look: as long as the view is on its way, it is not. */
  isReady: boolean;
  /** The view could not be had: it is gone, or not shared with the reader any more. */
  error: unknown;
  /** Looks as the view says; without one at all customers, as the reader does. */
  open: (view: number | undefined) => void;
};

export function useLook(): Looking {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const own = useOwn();
  const asked = useQuery({
    ...viewQuery(search.view ?? 0),
    enabled: search.view !== undefined,
    retry: (failures, cause) => failures < 2 && !(cause instanceof ApiError && cause.status === 404),
  });
  const view = search.view === undefined ? undefined : asked.data;
  const look = lookOf(search, view?.state, own);
  const change = (part: Partial<Look>) => {
    if (view !== undefined) {
      navigate({ search: (before) => changedSearch(before, view.state, own, part), replace: true });
      return;
    }
    const { columns, density, ...narrowed } = part;
    if (columns) own.setColumns(columns);
    if (density) own.setDensity(density);
    if (Object.keys(narrowed).length > 0) navigate({ search: (before) => ({ ...before, ...narrowed }), replace: true });
  };
  return {
    look,
    change,
    view,
    isChanged: view !== undefined && !isSame(look, lookOfState(view.state)),
    isReady: search.view === undefined || view !== undefined,
    error: search.view === undefined ? null : asked.error,
    open: (id) => navigate({ search: id === undefined ? {} : { view: id } }),
  };
}

/** Columns and density without a view are kept in this browser. */
function useOwn() {
  const [columns, setColumns] = useLocalStorage<ViewColumn[]>({
    key: "regulars.customers.columns",
    defaultValue: defaultColumns,
    getInitialValueInEffect: false,
    deserialize: readColumns,
  });
  const [density, setDensity] = useLocalStorage<Density>({
    key: "regulars.density",
    defaultValue: "comfortable",
    getInitialValueInEffect: false,
  });
  return { columns, density, setColumns, setDensity };
}

/** Whatever stands there: what cannot be read counts as nothing chosen. */
function readColumns(text: string | undefined): ViewColumn[] {
  try {
    return columnsIn(JSON.parse(text ?? "null")) ?? defaultColumns;
  } catch {
    return defaultColumns;
  }
}
