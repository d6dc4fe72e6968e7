// Questions about segments and their groups.
import { queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type {
  Condition,
  Page,
  Segment,
  SegmentDay,
  SegmentForecast,
  SegmentGroup,
  SegmentTrial,
  SegmentUse,
} from "@/api/types";

export const segmentsPath = "/api/segments";
export const groupsPath = "/api/segment-groups";
const GROUPS_MAX = 500;
const SEGMENTS_MAX = 500;
const BUILDING_EVERY_MS = 1_500;

export const groupsQuery = queryOptions({
  queryKey: [groupsPath],
  queryFn: async ({ signal }) => (await get<Page<SegmentGroup>>(groupsPath, { limit: GROUPS_MAX }, signal)).items,
});

/** All segments: there are dozens, not thousands, and the list is shown in its groups. */
export const segmentsQuery = queryOptions({
  queryKey: [segmentsPath, "all"],
  queryFn: async ({ signal }) => (await get<Page<Segment>>(segmentsPath, { limit: SEGMENTS_MAX }, signal)).items,
  refetchInterval: (query) => (query.state.data?.some((segment) => segment.building) ? BUILDING_EVERY_MS : false),
});

export function segmentQuery(id: string | number) {
  return queryOptions({
    queryKey: [segmentsPath, "one", String(id)],
    queryFn: ({ signal }) => get<Segment>(`${segmentsPath}/${id}`, undefined, signal),
    refetchInterval: (query) => (query.state.data?.building ? BUILDING_EVERY_MS : false),
  });
}

export function trialQuery(condition: Condition | null, customerId: number) {
  return queryOptions({
    queryKey: [segmentsPath, "test", condition, customerId],
    queryFn: ({ signal }) => post<SegmentTrial>(`${segmentsPath}/test`, { condition, customerId }, { signal }),
    enabled: condition !== null,
    retry: false,
  });
}

export function forecastQuery(id: number, days: number) {
  return queryOptions({
    queryKey: [segmentsPath, "one", String(id), "forecast", days],
    queryFn: ({ signal }) => get<SegmentForecast>(`${segmentsPath}/${id}/forecast`, { days }, signal),
  });
}

export function historyQuery(id: number) {
  return queryOptions({
    queryKey: [segmentsPath, "one", String(id), "history"],
    queryFn: async ({ signal }) =>
      (await get<{ items: SegmentDay[] }>(`${segmentsPath}/${id}/history`, undefined, signal)).items,
  });
}

export function usesQuery(id: number) {
  return queryOptions({
    queryKey: [segmentsPath, "one", String(id), "uses"],
    queryFn: async ({ signal }) =>
      (await get<{ items: SegmentUse[] }>(`${segmentsPath}/${id}/uses`, undefined, signal)).items,
  });
}
