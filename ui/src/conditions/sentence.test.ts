// Conditions read as sentences, in both languages.
import { createTranslator } from "use-intl/core";
import { expect, test } from "vitest";
import { de } from "@/words/de";
import { en } from "@/words/en";
import { type Speech, sentence } from "./sentence";
import type { Condition } from "./types";

const catalogue: Speech["catalogue"] = {
  fields: [
    { name: "countryCode", label: "Country", kind: "text" },
    { name: "birthDate", label: "Date of birth", kind: "date" },
    { name: "tier", label: "Tier", kind: "select", options: [{ value: "gold", label: "Gold" }] },
  ],
  activityTypes: [{ name: "order", label: "Order", attributes: [] }],
  segments: [{ id: 4, name: "Press", groupId: 2, groupName: "By hand", showAsFilter: true, reference: "press" }],
};

const order: Condition = { fact: "activity", type: "order", op: "gte", value: 3, within: "90d" };

test("fields", () => {
  check({ fact: "field", name: "countryCode", op: "in", values: ["AT", "DE"] }, "Country is one of “AT”, “DE”");
  check({ fact: "field", name: "countryCode", op: "not_set" }, "Country is not set");
  check({ fact: "field", name: "tier", op: "eq", value: "gold" }, "Tier is Gold");
  check(
    { fact: "field", name: "birthDate", op: "anniversary_within", value: "7d" },
    "Date of birth has its anniversary within 7 days",
  );
  check({ fact: "field", name: "size", op: "between", value: 38, to: 42 }, "size is between 38 and 42");
  check({ fact: "field", name: "city", op: "eq" }, "city is …");
});

test("activities", () => {
  check(order, "Order at least 3 times in the last 90 days");
  check({ fact: "activity", op: "eq", value: 0 }, "any activity exactly 0 times");
  check(
    { fact: "activity", type: "order", measure: "sum", attribute: "amount", op: "gte", value: 200 },
    "sum of amount of Order is at least 200",
  );
  check(
    {
      fact: "activity",
      type: "order",
      op: "gte",
      value: 1,
      where: { all: [{ fact: "attribute", name: "amount", op: "gt", value: 20 }] },
    },
    "Order at least 1 time where amount is more than 20",
  );
  check(
    { fact: "activity", type: "order", op: "gte", value: 1, within: { from: "2026-01-01" } },
    "Order at least 1 time from 2026-01-01 to …",
  );
});

test("segments, groups and what this app does not know", () => {
  check({ fact: "segment", id: 4 }, "is in segment Press");
  check({ fact: "segment", reference: "press", op: "not_in" }, "is not in segment Press");
  check({ fact: "segment", id: 9 }, "is in segment #9");
  check({ all: [] }, "everybody");
  check({ any: [] }, "nobody");
  check({ not: order }, "not (Order at least 3 times in the last 90 days)");
  check({ not: { fact: "segment", id: 4 } }, "is not in segment Press");
  check(
    {
      all: [
        order,
        {
          any: [
            { fact: "segment", id: 4 },
            { fact: "field", name: "countryCode", op: "set" },
          ],
        },
      ],
    },
    "Order at least 3 times in the last 90 days and (is in segment Press or Country is set)",
  );
  check({ fact: "customer", id: 9 }, "a condition of kind “customer”");
  check({ fact: "activity", op: "gte", value: 1, where: 3 }, "a condition of kind “activity”");
});

test("patterns, counters, consents, subscriptions and companies", () => {
  check({ fact: "field", name: "countryCode", op: "matches", value: "^A" }, "Country matches the pattern “^A”");
  check({ fact: "segment", id: 4, counter: { op: "gte", value: 2 } }, "is in segment Press, at least 2 times");
  check(
    { not: { fact: "segment", id: 4, counter: { op: "gte", value: 2 } } },
    "not (is in segment Press, at least 2 times)",
  );
  check({ fact: "consent", purpose: "mail", op: "denied" }, "consent to mail: refused");
  check(
    { fact: "subscription", list: "news", op: "eq", value: "cleaned" },
    "subscription to news is removed because mail bounced",
  );
  check(
    { fact: "subscription", list: "news", op: "in", values: ["subscribed", "pending"] },
    "subscription to news is one of subscribed, not confirmed yet",
  );
  check({ fact: "company", name: "vatId", op: "set" }, "VAT number of the company is set");
});

test("sequences", () => {
  const filtered: Condition = { fact: "attribute", name: "amount", op: "gt", value: 20 };
  check(
    { fact: "sequence", steps: [{}, { type: "order", where: filtered }], span: "7d", within: "90d" },
    "any activity then Order (where amount is more than 20) all of it within 7 days in the last 90 days",
  );
  check({ fact: "sequence", steps: [{ type: 1 }] }, "a condition of kind “sequence”");
});

test("German", () => {
  const t = createTranslator({ locale: "de", messages: de, namespace: "conditions" });
  expect(sentence(order, { t, catalogue, dateOf: String, numberOf: String })).toBe(
    "Order mindestens 3 Mal in den letzten 90 Tagen",
  );
});

function check(condition: Condition, expected: string) {
  const t = createTranslator({ locale: "en", messages: en, namespace: "conditions" });
  expect(sentence(condition, { t, catalogue, dateOf: String, numberOf: String })).toBe(expected);
}
