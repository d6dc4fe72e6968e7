// What the server says in English, in other words: every reason is known.
import { expect, test } from "vitest";
import { reasonOf } from "./reason";

test("what the server says in fixed words is said in the reader's", () => {
  expect(reasonOf("quiet hours")).toEqual({ word: "quiet" });
  expect(reasonOf("the address is suppressed: bounced")).toEqual({ word: "suppressedBounced" });
});

test("names are kept", () => {
  expect(reasonOf("there is no consent to profiling")).toEqual({ word: "noConsent", name: "profiling" });
  expect(reasonOf("the customer is not subscribed to news")).toEqual({ word: "notSubscribed", name: "news" });
});

test("what a mail server says stays as it is", () => {
  expect(reasonOf("550 5.1.1 no such user")).toEqual({ word: null, said: "550 5.1.1 no such user" });
  expect(reasonOf("toString")).toEqual({ word: null, said: "toString" });
});
