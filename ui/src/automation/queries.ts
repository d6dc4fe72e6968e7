// Questions about rules, and about what rules can name.
import { queryOptions } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Page, PlaceCount, Rule, Segment, Template, Webhook } from "@/api/types";

export const rulesPath = "/api/rules";
const CHOICES_MAX = 500;

export function ruleQuery(id: string | number) {
  return queryOptions({
    queryKey: [rulesPath, "one", String(id)],
    queryFn: ({ signal }) => get<Rule>(`${rulesPath}/${id}`, undefined, signal),
  });
}

/** How many customers wait where. */
export function placesQuery(id: number) {
  return queryOptions({
    queryKey: [rulesPath, "one", String(id), "places"],
    queryFn: async ({ signal }) =>
      (await get<{ items: PlaceCount[] }>(`${rulesPath}/${id}/places`, undefined, signal)).items,
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

export const webhookChoicesQuery = queryOptions({
  queryKey: ["/api/webhooks", "all"],
  queryFn: async ({ signal }) => (await get<Page<Webhook>>("/api/webhooks", { limit: CHOICES_MAX }, signal)).items,
});

export const ruleChoicesQuery = queryOptions({
  queryKey: [rulesPath, "all"],
  queryFn: async ({ signal }) => (await get<Page<Rule>>(rulesPath, { limit: CHOICES_MAX }, signal)).items,
});
