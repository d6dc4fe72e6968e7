// Questions about link definitions.
import { queryOptions } from "@tanstack/react-query";
import { get, type Query } from "@/api/client";
import type { LinkDefinition, LinkPlaceholder, Page } from "@/api/types";

export const linksPath = "/api/links";
const CHOICES_MAX = 500;

export function linkQuery(id: string | number) {
  return queryOptions({
    queryKey: [linksPath, "one", String(id)],
    queryFn: ({ signal }) => get<LinkDefinition>(`${linksPath}/${id}`, undefined, signal),
  });
}

export const linkChoicesQuery = queryOptions({
  queryKey: [linksPath, "all"],
  queryFn: async ({ signal }) => (await get<Page<LinkDefinition>>(linksPath, { limit: CHOICES_MAX }, signal)).items,
});

/** The addresses for another newsletter system: a known one by its name, others by how they spell the field. */
export function placedQuery({ id, version }: LinkDefinition, asked: Query) {
  return queryOptions({
    queryKey: [linksPath, "one", String(id), "placeholder", version, asked],
    queryFn: ({ signal }) => get<LinkPlaceholder>(`${linksPath}/${id}/placeholder`, asked, signal),
    retry: false,
  });
}
