// What conditions can speak of: fields, activity types with their attributes, segments; asked for once and kept for a while.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Catalogue } from "@/api/types";

const STALE_AFTER_MS = 60_000;

export const catalogueQuery = queryOptions({
  queryKey: ["/api/condition-catalogue"],
  queryFn: ({ signal }) => get<Catalogue>("/api/condition-catalogue", undefined, signal),
  staleTime: STALE_AFTER_MS,
});

export const emptyCatalogue: Catalogue = { fields: [], activityTypes: [], segments: [], operators: {} };

export function useCatalogue(): Catalogue {
  return useQuery(catalogueQuery).data ?? emptyCatalogue;
}
