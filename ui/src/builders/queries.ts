// Questions about builders of segments.
import { queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { BuilderKind, PlannedSegment, SegmentBuilder } from "@/api/types";

export const buildersPath = "/api/segment-builders";

export const buildersQuery = queryOptions({
  queryKey: [buildersPath],
  queryFn: async ({ signal }) => (await get<{ items: SegmentBuilder[] }>(buildersPath, undefined, signal)).items,
});

export const kindsQuery = queryOptions({
  queryKey: [buildersPath, "kinds"],
  queryFn: async ({ signal }) =>
    (await get<{ items: BuilderKind[] }>(`${buildersPath}/kinds`, undefined, signal)).items,
  staleTime: Number.POSITIVE_INFINITY,
});

export function builderQuery(id: string | number) {
  return queryOptions({
    queryKey: [buildersPath, "one", String(id)],
    queryFn: ({ signal }) => get<SegmentBuilder>(`${buildersPath}/${id}`, undefined, signal),
  });
}

export function plannedQuery(kind: string, settings: unknown) {
  return queryOptions({
    queryKey: [buildersPath, "preview", kind, settings],
    queryFn: async ({ signal }) => {
      const answer = await post<{ segments: PlannedSegment[] }>(
        `${buildersPath}/preview`,
        { kind, settings },
        { signal },
      );
      return answer.segments;
    },
    enabled: kind !== "" && settings !== undefined,
    retry: false,
  });
}
