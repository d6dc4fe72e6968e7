// The server's reasons in the reader's language.
import { expect, test } from "vitest";
import { wordedReason } from "./reasons";

test("what a reason names is taken over", () => {
  const ids = { code: "different_external_ids", detail: "they have different ids in the system web shop" };
  expect(wordedReason(ids)).toEqual({ key: ids.code, values: { system: "web shop" } });
  const limit = { code: "identity_limit", detail: "he would be known by 12 of the kind email, more than 10" };
  expect(wordedReason(limit)).toEqual({ key: limit.code, values: { count: "12", kind: "email", limit: "10" } });
});

test("what is not known is said by the server", () => {
  expect(wordedReason({ code: "moon_phase", detail: "the moon is full" })).toBeNull();
  expect(wordedReason({ code: "identity_limit", detail: "otherwise" })).toBeNull();
});
