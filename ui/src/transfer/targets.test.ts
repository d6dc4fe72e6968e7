// The first guess what a file's columns are.
import { expect, test } from "vitest";
import type { Field } from "@/api/types";
import { suggestedMap } from "./targets";

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
