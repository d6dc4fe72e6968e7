// What is compared of two customers, row by row: what the score speaks of first, then what else tells them apart. Pure.
import type { Customer, DuplicateReason } from "@/api/types";

/** `reason` is absent where nothing was said of a field. */
export type ComparedRow = { field: string; values: [string, string]; reason?: DuplicateReason };

const judged = ["firstname", "lastname", "birthDate", "street", "place", "email", "phone"] as const;
const CUSTOM = "fields.";

/** What a customer says in a field as the score knows it. */
export function sayingOf(customer: Customer, field: string): string {
  if (field === "place") {
    const { zip, city, countryCode } = customer;
    const town = [zip, city].filter(Boolean).join(" ");
    return [town, countryCode].filter(Boolean).join(", ");
  }
  const value = field.startsWith(CUSTOM)
    ? customer.fields[field.slice(CUSTOM.length)]
    : (customer as unknown as Record<string, unknown>)[field];
  return value === null || value === undefined ? "" : String(value);
}

/** All fields that the score looks at, those without any value left out; then the ids in other systems. */
export function comparedRows([one, other]: [Customer, Customer], reasons: DuplicateReason[]): ComparedRow[] {
  const fields = [...new Set([...judged, ...reasons.map(({ field }) => field)])];
  const rows = fields.map((field): ComparedRow => {
    const reason = reasons.find((candidate) => candidate.field === field);
    return { field, values: [sayingOf(one, field), sayingOf(other, field)], reason };
  });
  return rows.filter(({ values, reason }) => reason || values.some((value) => value !== ""));
}

/** The ids by which other systems know the two. */
export function externalRows([one, other]: [Customer, Customer]): { system: string; values: [string, string] }[] {
  const [own, their] = [one.externalIds ?? {}, other.externalIds ?? {}];
  const systems = [...new Set([...Object.keys(own), ...Object.keys(their)])].sort();
  return systems.map((system) => ({ system, values: [own[system] ?? "", their[system] ?? ""] }));
}

/** The pair that is looked at after one has gone: the one below, or the last one. */
export function nextAfter(ids: number[], gone: number): number | undefined {
  const place = ids.indexOf(gone);
  const rest = ids.filter((id) => id !== gone);
  return rest[Math.min(Math.max(place, 0), rest.length - 1)];
}
