// A customer's attributes as a form holds them: every field present, so that each has its place, and nothing the server alone decides.
import type { Customer, Field } from "@/api/types";

export const textFields = [
  "email",
  "salutation",
  "gender",
  "firstname",
  "lastname",
  "street",
  "zip",
  "city",
  "countryCode",
  "phone",
  "language",
  "timeZone",
  "birthDate",
] as const;
export type TextField = (typeof textFields)[number];

export type CustomerValues = Record<TextField, string | null> & {
  active: boolean;
  published: boolean;
  profilingConsent: boolean;
  companyId: number | null;
  fields: Record<string, unknown>;
};

export function valuesOf(customer: Customer | null, fields: Field[]): CustomerValues {
  const texts = Object.fromEntries(textFields.map((name) => [name, customer?.[name] ?? null])) as Record<
    TextField,
    string | null
  >;
  return {
    ...texts,
    active: customer?.active ?? true,
    published: customer?.published ?? true,
    profilingConsent: customer?.profilingConsent ?? false,
    companyId: customer?.companyId ?? null,
    fields: Object.fromEntries(fields.map(({ name }) => [name, customer?.fields[name] ?? null])),
  };
}

/** Emptied inputs mean "nothing", which travels as null. */
export function cleaned(values: CustomerValues): CustomerValues {
  const texts = Object.fromEntries(textFields.map((name) => [name, emptyToNull(values[name])]));
  const fields = Object.fromEntries(Object.entries(values.fields).map(([name, value]) => [name, emptyToNull(value)]));
  return { ...values, ...texts, fields };
}

/** For something new only what was said is sent, so that the server's defaults hold for the rest. */
export function given(values: CustomerValues): object {
  const { fields, ...builtIn } = cleaned(values);
  return { ...withoutNull(builtIn), fields: withoutNull(fields) };
}

function withoutNull(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function emptyToNull<T>(value: T): T | null {
  const isEmpty = value === "" || value === undefined || (Array.isArray(value) && value.length === 0);
  return isEmpty ? null : value;
}
