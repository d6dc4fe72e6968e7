// What an export is asked for with: the columns of the list, and whom the list shows, in the words of the API.
import type { Query } from "@/api/client";
import type { Condition, CustomerFilter, NewExport } from "@/api/types";

export type Format = NewExport["format"];
export const formats = ["csv", "xlsx", "parquet"] as const satisfies Format[];
export const delimiters = [",", ";", "tab", "|"] as const;

/** Fields every customer has, in the order in which a file has them. */
export const builtIn = [
  "id",
  "salutation",
  "firstname",
  "lastname",
  "gender",
  "email",
  "phone",
  "street",
  "zip",
  "city",
  "countryCode",
  "language",
  "timeZone",
  "birthDate",
  "active",
  "published",
  "emailOk",
  "profilingConsent",
  "companyId",
  "token",
  "createdAt",
  "updatedAt",
  "segments",
] as const;

/** The columns of a file for those that the list shows: a name is two, and custom fields are called otherwise. */
export function columnsOf(shown: string[]): string[] {
  const named = shown.flatMap((key) => {
    if (key === "name") return ["firstname", "lastname"];
    return [key.startsWith("field:") ? `fields.${key.slice("field:".length)}` : key];
  });
  return [...new Set(named)];
}

/** The filter and the order that the list is asked with. */
export function asListed(question: Query): Pick<NewExport, "sort"> & { filter: CustomerFilter } {
  const { q, filter, segment, segmentMode, active, sort } = question;
  return {
    sort: typeof sort === "string" ? sort : null,
    filter: {
      q: typeof q === "string" && q !== "" ? q : null,
      condition: typeof filter === "string" ? (JSON.parse(filter) as Condition as never) : undefined,
      segments: Array.isArray(segment) ? segment.map(Number) : [],
      segmentMode: segmentMode === "any" ? "any" : "all",
      active: typeof active === "boolean" ? active : null,
      published: null,
    },
  };
}

export function isNarrowed({ filter }: Pick<NewExport, "filter">): boolean {
  if (!filter) return false;
  const { q, condition, segments = [], active } = filter;
  return [q, condition, active].some((part) => part !== null && part !== undefined) || segments.length > 0;
}

const KIB = 1024;
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A size in the largest unit of which there is at least one. */
export function sizeOf(bytes: number): { amount: number; unit: (typeof UNITS)[number] } {
  let [amount, place] = [bytes, 0];
  while (amount >= KIB && place < UNITS.length - 1) [amount, place] = [amount / KIB, place + 1];
  return { amount, unit: UNITS[place] ?? "byte" };
}
