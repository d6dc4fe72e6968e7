// Questions about webhooks and their deliveries. What is under way is asked for again often, the rest now and then.
import { queryOptions } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Delivery, DeliveryDetail, Page, Rule, Webhook } from "@/api/types";
import { isDueSoon } from "./state";

export const webhooksPath = "/api/webhooks";
export const deliveriesPath = "/api/deliveries";
const WATCHING_EVERY_MS = 1_500;
const IDLE_EVERY_MS = 10_000;
const RULES_MAX = 500;

/** A breaker opens and closes by itself. */
export const BREAKERS_EVERY_MS = IDLE_EVERY_MS;

export function webhookQuery(id: string | number) {
  return queryOptions({
    queryKey: [webhooksPath, "one", String(id)],
    queryFn: ({ signal }) => get<Webhook>(`${webhooksPath}/${id}`, undefined, signal),
    refetchInterval: BREAKERS_EVERY_MS,
  });
}

export function deliveryQuery(id: number) {
  return queryOptions({
    queryKey: [deliveriesPath, id],
    queryFn: ({ signal }) => get<DeliveryDetail>(`${deliveriesPath}/${id}`, undefined, signal),
    refetchInterval: ({ state: { data: delivery } }) => everyMs(delivery ? [delivery] : []),
  });
}

/** How often to ask for these deliveries. */
export function everyMs(deliveries: Delivery[]): number {
  return deliveries.some((delivery) => isDueSoon(delivery, Date.now())) ? WATCHING_EVERY_MS : IDLE_EVERY_MS;
}

/** What rules are called, by their ids. */
export const ruleNamesQuery = queryOptions({
  queryKey: ["/api/rules", "names"],
  queryFn: async ({ signal }) => (await get<Page<Rule>>("/api/rules", { limit: RULES_MAX }, signal)).items,
  select: (rules) => new Map(rules.map(({ id, name }) => [id, name])),
});
