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

export const memberTargets = ["id", "email", "phone", "token", "since", "counter"] as const;
export const EXTERNAL = "external:";

const targetsOf: Record<ImportKind, readonly string[]> = {
  customers: customerTargets,
  activities: activityTargets,
  members: memberTargets,
};

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
/** In a list of members nothing else is meant by these. */
const memberSynonyms: Record<string, string[]> = {
  id: ["customerid", "customernumber", "kundennummer", "kundenid"],
  email: [...(synonyms.email ?? []), "customeremail", "kundenmail"],
  phone: [...(synonyms.phone ?? []), "customerphone"],
  token: ["publictoken"],
  since: ["date", "membersince", "datum", "seit", "mitgliedseit"],
  counter: ["count", "times", "zähler", "anzahl"],
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
  return kind === "members" && !namesCustomers(map) ? { ...map, ...byContent(columns, rows) } : map;
}

/** Whether some column says who is meant. */
export function namesCustomers(map: Record<string, string>): boolean {
  return Object.values(map).some(
    (target) => ["id", "email", "phone", "token"].includes(target) || isNamedSystem(target),
  );
}

function isNamedSystem(target: string): boolean {
  return target.startsWith(EXTERNAL) && target.slice(EXTERNAL.length).trim() !== "";
}

/** Mail addresses are known by their looks, whatever their column is called. */
function byContent(columns: string[], rows: string[][]): Record<string, string> {
  const found = columns.find((_, index) => {
    const values = rows.map((row) => row[index] ?? "").filter((value) => value !== "");
    return values.length > 0 && values.every(looksLikeMail);
  });
  return found === undefined ? {} : { [found]: "email" };
}

/** Names of columns that look like values: the file most likely begins with its first customer. */
export function lacksHeader(columns: string[]): boolean {
  return columns.some(looksLikeMail);
}

function looksLikeMail(text: string): boolean {
  return /^[^@\s]+@[^@\s]+$/.test(text.trim());
}

function guess(kind: ImportKind, column: string, fields: Field[]): string | null {
  const name = plain(column);
  const targets = targetsOf[kind];
  const words = kind === "members" ? memberSynonyms : synonyms;
  const found =
    targets.find((target) => plain(target) === name) ?? targets.find((target) => words[target]?.includes(name));
  if (found) return found;
  if (kind === "members" && isNamedSystem(column)) return column;
  if (kind !== "customers") return null;
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
