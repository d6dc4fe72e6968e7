// Questions about what a customer allows.
import { queryOptions } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Consent } from "@/api/types";
import { customersPath } from "@/customers/queries";

export function consentsPath(customer: number): string {
  return `${customersPath}/${customer}/consents`;
}

export function answersPath(customer: number): string {
  return `${customersPath}/${customer}/consent-answers`;
}

/** Below the customer, so that it is asked for again together with them. */
export function consentsQuery(customer: number) {
  return queryOptions({
    queryKey: [customersPath, "one", String(customer), "consents"],
    queryFn: ({ signal }) => get<Consent[]>(consentsPath(customer), undefined, signal),
  });
}
