// What is about to happen is watched; how a webhook stands follows from its breaker.
import { expect, test } from "vitest";
import { bodySent, hasEnded, healthOf, isDueSoon, nextAttempt } from "./state";

const now = Date.parse("2026-03-02T12:00:00Z");

test("only what is on its way or due is watched closely", () => {
  expect(isDueSoon({ state: "sending", nextAt: "2026-03-02T13:00:00Z" }, now)).toBe(true);
  expect(isDueSoon({ state: "planned", nextAt: "2026-03-02T12:00:05Z" }, now)).toBe(true);
  expect(isDueSoon({ state: "planned", nextAt: "2026-03-02T11:59:30Z" }, now)).toBe(true);
  expect(isDueSoon({ state: "planned", nextAt: "2026-03-02T12:05:00Z" }, now)).toBe(false);
  expect(isDueSoon({ state: "delivered", nextAt: null }, now)).toBe(false);
});

test("what is overdue waits for something else", () => {
  const overdue = { state: "planned", nextAt: "2026-03-02T11:00:00Z" } as const;
  expect(isDueSoon(overdue, now)).toBe(false);
  expect(nextAttempt(overdue, now)).toBeNull();
  expect(nextAttempt({ state: "planned", nextAt: "2026-03-02T12:05:00Z" }, now)).toBe("2026-03-02T12:05:00Z");
  expect(nextAttempt({ state: "sending", nextAt: "2026-03-02T12:05:00Z" }, now)).toBeNull();
});

test("what has ended can be delivered again", () => {
  expect(["planned", "sending", "delivered", "failed", "dead"].map((state) => hasEnded({ state } as never))).toEqual([
    false,
    false,
    true,
    true,
    true,
  ]);
});

test("a breaker in words", () => {
  expect(healthOf({ state: "closed", failures: 0, until: null })).toBe("works");
  expect(healthOf({ state: "closed", failures: 3, until: null })).toBe("stumbles");
  expect(healthOf({ state: "open", failures: 5, until: "2026-03-02T12:01:00Z" })).toBe("paused");
  expect(healthOf({ state: "half_open", failures: 5, until: null })).toBe("retried");
});

test("the body is shown as the endpoint gets it", () => {
  const body = bodySent({ type: "webhook.test", createdAt: "2026-03-02T12:00:00Z", payload: { amount: 29.5 } });
  expect(JSON.parse(body)).toEqual({ type: "webhook.test", timestamp: "2026-03-02T12:00:00Z", data: { amount: 29.5 } });
  expect(body).toContain('\n    "amount"');
});
