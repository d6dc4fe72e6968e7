// Requests are addressed and signed as the server expects, and refusals come back as errors.
import { afterEach, expect, test, vi } from "vitest";
import { address, get, patch, post, rememberToken, whenSignedOut } from "./client";
import { ApiError } from "./problem";

afterEach(() => vi.unstubAllGlobals());

function answers(status: number, body: unknown, headers: Record<string, string> = {}) {
  const asked = vi.fn(async (_path: string, _init: RequestInit) => {
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
  });
  vi.stubGlobal("fetch", asked);
  return asked;
}

function sentHeaders(asked: ReturnType<typeof answers>): Record<string, string> {
  return (asked.mock.calls[0]?.[1].headers ?? {}) as Record<string, string>;
}

test("addresses leave out what is not asked and repeat lists", () => {
  expect(address("/api/customers")).toBe("/api/customers");
  expect(address("/api/customers", { q: "", cursor: null, active: false, segment: [1, 2] })).toBe(
    "/api/customers?active=false&segment=1&segment=2",
  );
});

test("writes carry the session's token and the version they are based on", async () => {
  rememberToken("secret");
  const asked = answers(200, { version: 4 });
  await patch("/api/customers/1", { city: "Wien" }, { ifVersion: 3 });
  expect(sentHeaders(asked)).toMatchObject({ "x-csrf-token": "secret", "if-match": '"3"' });
  expect(sentHeaders(asked)["content-type"]).toBe("application/merge-patch+json");
});

test("reads carry no token, overwriting names no version", async () => {
  const asked = answers(200, {});
  await get("/api/customers/1");
  expect(sentHeaders(asked)["x-csrf-token"]).toBeUndefined();
  const overwritten = answers(200, {});
  await patch("/api/customers/1", {}, { ifVersion: null });
  expect(sentHeaders(overwritten)["if-match"]).toBeUndefined();
});

test("an empty answer is none", async () => {
  answers(204, undefined);
  expect(await post("/api/segments/1/rebuild")).toBeUndefined();
});

test("the end of the session is told, a wrong password is not", async () => {
  const signedOut = vi.fn();
  whenSignedOut(signedOut);
  answers(401, { title: "Unauthorized", status: 401 });
  await expect(post("/api/session", {})).rejects.toBeInstanceOf(ApiError);
  expect(signedOut).not.toHaveBeenCalled();
  await expect(get("/api/customers")).rejects.toMatchObject({ status: 401 });
  expect(signedOut).toHaveBeenCalledOnce();
});

test("a server out of reach is an error of its own", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
  await expect(get("/api/customers")).rejects.toMatchObject({ status: 0, code: "unreachable" });
});
