// How a webhook and its deliveries stand. Pure.
import type { Breaker, Delivery, DeliveryDetail, DeliveryState } from "@/api/types";

export const deliveryStates: DeliveryState[] = ["planned", "sending", "delivered", "failed", "dead"];
const SOON_MS = 15_000;
/** What is overdue for longer waits for something else: the webhook is off, or its breaker is open. */
const OVERDUE_MS = 60_000;

/** Whether the delivery can only change again by somebody's wish. */
export function hasEnded({ state }: Pick<Delivery, "state">): boolean {
  return state === "delivered" || state === "failed" || state === "dead";
}

/** Whether something is about to happen with it. */
export function isDueSoon({ state, nextAt }: Pick<Delivery, "state" | "nextAt">, nowMs: number): boolean {
  if (state === "sending") return true;
  if (state !== "planned" || nextAt === null) return false;
  const aheadMs = new Date(nextAt).getTime() - nowMs;
  return -OVERDUE_MS < aheadMs && aheadMs <= SOON_MS;
}

/** When it is tried next, if that can be said: what is due already goes out as soon as its webhook lets it. */
export function nextAttempt({ state, nextAt }: Pick<Delivery, "state" | "nextAt">, nowMs: number): string | null {
  return state === "planned" && nextAt !== null && nowMs < new Date(nextAt).getTime() ? nextAt : null;
}

export type Health = "works" | "stumbles" | "paused" | "retried";

/** What the breaker means for whoever looks at it. */
export function healthOf({ state, failures }: Breaker): Health {
  if (state === "open") return "paused";
  if (state === "half_open") return "retried";
  return failures === 0 ? "works" : "stumbles";
}

/** The body as it goes out. */
export function bodySent({ type, createdAt, payload }: Pick<DeliveryDetail, "type" | "createdAt" | "payload">): string {
  return JSON.stringify({ type, timestamp: createdAt, data: payload }, null, 2);
}
