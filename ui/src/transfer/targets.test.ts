// The first guess what a file's columns are.
import { expect, test } from "vitest";
import type { Field } from "@/api/types";
import { lacksHeader, namesCustomers, suggestedMap } from "./targets";

const tier = { name: "tier", label: "Kundenstufe" } as Field;

test("customers: by name, by synonym, by custom field; each target once", () => {
  expect(
    suggestedMap("customers", ["E-Mail", "Vorname", "Nachname", "PLZ", "Kundenstufe", "mail", "x"], [], [tier]),
  ).toEqual({
    "E-Mail": "email",
    Vorname: "firstname",
    Nachname: "lastname",
    PLZ: "zip",
    Kundenstufe: "fields.tier",
  });
});

test("activities: unknown columns become attributes, numbers where all values are numbers", () => {
  const rows = [
    ["1", "1997-01-01", "2", "29.33", "red"],
    ["2", "1997-01-12", "1", "", "blue"],
  ];
  expect(suggestedMap("activities", ["customer_id", "date", "quantity", "amount", "Colour name"], rows, [])).toEqual({
    customer_id: "customer.id",
    date: "occurredAt",
    quantity: "attributes.quantity:number",
    amount: "attributes.amount:number",
    "Colour name": "attributes.Colour_name",
  });
});

test("members: by name, by the name of another system, and mail addresses by their looks", () => {
  expect(suggestedMap("members", ["Kundennummer", "E-Mail", "Seit", "external:shop", "Stadt"], [], [])).toEqual({
    Kundennummer: "id",
    "E-Mail": "email",
    Seit: "since",
    "external:shop": "external:shop",
  });
  const rows = [
    ["1", "ada@example.org", "2026-01-01"],
    ["2", "", ""],
  ];
  expect(suggestedMap("members", ["A", "B", "datum"], rows, [])).toEqual({ B: "email", datum: "since" });
  expect(suggestedMap("members", ["A", "B"], [["x", "no address"]], [])).toEqual({});
});

test("a list of members has to say who is meant", () => {
  expect(namesCustomers({ a: "email" })).toBe(true);
  expect(namesCustomers({ a: "external:shop" })).toBe(true);
  expect(namesCustomers({ a: "external: ", b: "since" })).toBe(false);
  expect(namesCustomers({})).toBe(false);
});

test("a file that begins with an address has no names of columns", () => {
  expect(lacksHeader(["ada@example.org"])).toBe(true);
  expect(lacksHeader(["mail", "since"])).toBe(false);
});
