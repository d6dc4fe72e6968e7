// Questions about duplicates, and what people say of pairs.
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { DuplicateCluster, DuplicatePair, DuplicatePairDetail, DuplicateReport, Page } from "@/api/types";
import { customersPath } from "@/customers/queries";

export const duplicatesPath = "/api/duplicates";
const PAGE_MAX = 200;

export const reportQuery = queryOptions({
  queryKey: [duplicatesPath, "report"],
  queryFn: ({ signal }) => get<DuplicateReport>(`${duplicatesPath}/report`, undefined, signal),
});

export const clustersQuery = queryOptions({
  queryKey: [duplicatesPath, "clusters"],
  queryFn: ({ signal }) => get<DuplicateCluster[]>(`${duplicatesPath}/clusters`, undefined, signal),
});

export function pairQuery(id: string | number) {
  return queryOptions({
    queryKey: [duplicatesPath, "one", String(id)],
    queryFn: ({ signal }) => get<DuplicatePairDetail>(`${duplicatesPath}/${id}`, undefined, signal),
  });
}

export function pairsOfQuery(customer: number) {
  return queryOptions({
    queryKey: [duplicatesPath, "of", customer],
    queryFn: ({ signal }) => get<DuplicatePair[]>(`${customersPath}/${customer}/duplicates`, undefined, signal),
  });
}

/** All open pairs from a probability on, page by page. */
export async function allFrom(minProbability: number, max: number): Promise<DuplicatePair[]> {
  const pairs: DuplicatePair[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<DuplicatePair> = await get(duplicatesPath, { minProbability, limit: PAGE_MAX, cursor });
    pairs.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && pairs.length < max);
  return pairs.slice(0, max);
}

export function startSearch(): Promise<{ jobId: number }> {
  return post<{ jobId: number }>(`${duplicatesPath}/search`, { learn: true });
}

/** Says that the two are two, or takes that back. */
export function setDeclined(pair: number, isDeclined: boolean): Promise<DuplicatePairDetail> {
  return post<DuplicatePairDetail>(`${duplicatesPath}/${pair}/${isDeclined ? "decline" : "reopen"}`);
}

/** Whatever was said of a pair changes every list of pairs. */
export function refreshPairs(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({ queryKey: [duplicatesPath] });
}
