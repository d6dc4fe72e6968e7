// Questions about rules.
import { queryOptions } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Page, Rule, Segment, Template } from "@/api/types";

export const rulesPath = "/api/rules";
const CHOICES_MAX = 500;

export function ruleQuery(id: string | number) {
  return queryOptions({
    queryKey: [rulesPath, "one", String(id)],
    queryFn: ({ signal }) => get<Rule>(`${rulesPath}/${id}`, undefined, signal),
  });
}

/** Rules may only add to segments that are filled by hand; computed ones decide by themselves. */
export const manualSegmentsQuery = queryOptions({
  queryKey: ["/api/segments", "all"],
  queryFn: async ({ signal }) => (await get<Page<Segment>>("/api/segments", { limit: CHOICES_MAX }, signal)).items,
  select: (segments) => segments.filter((segment) => !segment.calculated),
});

export const templateChoicesQuery = queryOptions({
  queryKey: ["/api/templates", "all"],
  queryFn: async ({ signal }) => (await get<Page<Template>>("/api/templates", { limit: CHOICES_MAX }, signal)).items,
});
