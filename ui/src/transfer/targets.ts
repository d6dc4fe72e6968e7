// What a column of a file can become, and a first guess from the columns' names.
import type { AttributeKind, Field, ImportKind } from "@/api/types";

export const customerTargets = [
  "email",
  "firstname",
  "lastname",
  "salutation",
  "gender",
  "street",
  "zip",
  "city",
  "countryCode",
  "phone",
  "language",
  "timeZone",
  "birthDate",
  "active",
  "published",
  "emailOk",
  "profilingConsent",
  "companyId",
  "createdAt",
  "token",
] as const;

export const activityTargets = [
  "customer.email",
  "customer.phone",
  "customer.id",
  "customer.token",
  "type",
  "occurredAt",
  "externalId",
] as const;

/** How people and other systems name the same things, in the two languages of the app. */
const synonyms: Record<string, string[]> = {
  email: ["mail", "emailaddress", "mailadresse", "emailadresse"],
  firstname: ["first", "givenname", "vorname"],
  lastname: ["last", "surname", "familyname", "name", "nachname"],
  street: ["address", "strasse", "straße", "adresse"],
  zip: ["postcode", "postalcode", "zipcode", "plz"],
  city: ["town", "ort", "stadt"],
  countryCode: ["country", "land"],
  phone: ["telephone", "phonenumber", "telefon", "mobile"],
  language: ["sprache", "locale"],
  birthDate: ["birthday", "dateofbirth", "dob", "geburtsdatum", "geburtstag"],
  salutation: ["title", "anrede"],
  gender: ["sex", "geschlecht"],
  createdAt: ["created", "registered", "angelegt"],
  "customer.email": ["email", "mail", "customeremail"],
  "customer.id": ["customerid", "kundennummer"],
  occurredAt: ["date", "datetime", "timestamp", "time", "datum", "orderdate"],
  externalId: ["orderid", "ordernumber", "id", "bestellnummer"],
  type: ["activitytype", "event"],
};

/** Each target at most once; columns that resemble nothing stay out, except that activities keep them as attributes. */
export function suggestedMap(
  kind: ImportKind,
  columns: string[],
  rows: string[][],
  fields: Field[],
): Record<string, string> {
  const map: Record<string, string> = {};
  const taken = new Set<string>();
  columns.forEach((column, index) => {
    const target = guess(kind, column, fields) ?? (kind === "activities" ? attribute(column, rows, index) : null);
    if (target === null || taken.has(target)) return;
    taken.add(target);
    map[column] = target;
  });
  return map;
}

function guess(kind: ImportKind, column: string, fields: Field[]): string | null {
  const name = plain(column);
  const targets: readonly string[] = kind === "customers" ? customerTargets : activityTargets;
  const found =
    targets.find((target) => plain(target) === name) ?? targets.find((target) => synonyms[target]?.includes(name));
  if (found) return found;
  if (kind === "activities") return null;
  const field = fields.find((candidate) => plain(candidate.name) === name || plain(candidate.label) === name);
  return field ? `fields.${field.name}` : null;
}

function attribute(column: string, rows: string[][], index: number): string | null {
  const name = column.trim().replaceAll(/[.:\s]+/g, "_");
  if (name === "") return null;
  const values = rows.map((row) => row[index] ?? "").filter((value) => value !== "");
  const isNumber = values.length > 0 && values.every((value) => /^-?\d+(\.\d+)?$/.test(value.trim()));
  return attributeTarget(name, isNumber ? "number" : "text");
}

export function attributeTarget(name: string, kind: AttributeKind): string {
  return kind === "text" ? `attributes.${name}` : `attributes.${name}:${kind}`;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_.-]/g, "");
}
