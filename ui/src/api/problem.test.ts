// Refusals of the server become errors a form can show at the right place.
import { expect, test } from "vitest";
import { errorFrom, placeProblems } from "./problem";

test("a problem document keeps what it says", () => {
  const body = {
    type: "about:blank",
    title: "Conflict",
    status: 409,
    code: "duplicate_email",
    detail: "This address is taken.",
    problems: [{ path: "/email", code: "duplicate", message: "is taken" }, "nonsense"],
    existingId: 17,
  };
  const error = errorFrom(409, body, null);
  expect(error.code).toBe("duplicate_email");
  expect(error.message).toBe("This address is taken.");
  expect(error.problems).toEqual([{ path: "/email", code: "duplicate", message: "is taken" }]);
  expect(error.more).toEqual({ existingId: 17 });
});

test("an answer that is no problem document still makes an error", () => {
  const error = errorFrom(502, null, null);
  expect(error.code).toBe("http_502");
  expect(error.message).toBe("HTTP 502");
});

test("waiting times and lost races are noticed", () => {
  expect(errorFrom(429, {}, "30").retryAfterSeconds).toBe(30);
  expect(errorFrom(429, {}, null).retryAfterSeconds).toBeNull();
  expect(errorFrom(412, {}, null).isLostRace).toBe(true);
});

test("problems stand at values the form has, the first one first; others are kept for the end of the form", () => {
  const values = { email: "", fields: { tier: null }, actions: [{ delay: null }] };
  const { placed, rest } = placeProblems(values, [
    { path: "/email", code: "invalid", message: "is not a mail address" },
    { path: "/email", code: "duplicate", message: "is taken" },
    { path: "/fields/tier", code: "unknown", message: "is no option" },
    { path: "/actions/0/delay", code: "invalid", message: "is too long" },
    { path: "/actions/1/delay", code: "invalid", message: "is too long" },
    { path: "/token", code: "forbidden", message: "may not be set" },
    { path: "", code: "missing", message: "give an address or a phone number" },
  ]);
  expect([...placed]).toEqual([
    ["/email", "is not a mail address"],
    ["/fields/tier", "is no option"],
    ["/actions/0/delay", "is too long"],
  ]);
  expect(rest.map(({ path }) => path)).toEqual(["/actions/1/delay", "/token", ""]);
});
