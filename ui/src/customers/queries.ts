// Questions about customers, and the changes pages make to them.
import { queryOptions } from "@tanstack/react-query";
import { get, patch, post, type Query } from "@/api/client";
import type { Customer, Explanation, Field, Page, UpcomingItem } from "@/api/types";
import type { CustomersSearch } from "@/searches";
import { filterOf, type GroupOf } from "./search-syntax";
import type { SearchText } from "./search-text";

const FIELDS_MAX = 500;
const UPCOMING_MAX = 20;

export const customersPath = "/api/customers";

/** The list's question in the words of the API. The total is counted with it: it is what one looks at first. */
export function listQuery(search: CustomersSearch, text: SearchText, groupOf: GroupOf): Query {
  const { mode = "all" } = search;
  const segments = mode === "groups" ? [] : (search.segments ?? []);
  const filter = filterOf(search, text.condition, groupOf);
  return {
    q: text.isCondition ? undefined : search.q,
    sort: search.sort ?? "-createdAt",
    filter: filter ? JSON.stringify(filter) : undefined,
    segment: segments,
    segmentMode: segments.length > 1 ? mode : undefined,
    active: search.active,
    count: true,
  };
}

export function customerQuery(id: string | number) {
  return queryOptions({
    queryKey: [customersPath, "one", String(id)],
    queryFn: ({ signal }) => get<Customer>(`${customersPath}/${id}`, undefined, signal),
  });
}

export function upcomingQuery(id: number) {
  return queryOptions({
    queryKey: [customersPath, "one", String(id), "upcoming"],
    queryFn: async ({ signal }) => {
      const page = await get<Page<UpcomingItem>>(`${customersPath}/${id}/upcoming`, { limit: UPCOMING_MAX }, signal);
      return page.items;
    },
  });
}

export function explainQuery(id: number, segment: number) {
  return queryOptions({
    queryKey: [customersPath, "one", String(id), "explain", segment],
    queryFn: ({ signal }) => get<Explanation>(`${customersPath}/${id}/explain`, { segment }, signal),
  });
}

export const fieldsQuery = queryOptions({
  queryKey: ["/api/fields", "all"],
  queryFn: async ({ signal }) => (await get<Page<Field>>("/api/fields", { limit: FIELDS_MAX }, signal)).items,
});

export function createCustomer(values: object): Promise<Customer> {
  return post<Customer>(customersPath, values);
}

export function changeCustomer(id: number, changes: object, ifVersion: number | null): Promise<Customer> {
  return patch<Customer>(`${customersPath}/${id}`, changes, { ifVersion });
}
