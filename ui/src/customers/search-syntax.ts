// When a text in the search box is more than words, and where the server found it wrong. Pure; what it means is decided by the server.
import type { Condition } from "@/api/types";
import type { CustomersSearch } from "@/searches";

/** The longest text the server reads. */
export const CHARACTERS_MAX = 500;
export const FIELDS_MAX = 10;

/** Words alone are looked for everywhere; operators, brackets, phrases in quotes and `*` make a condition of the text. */
export function usesSyntax(text: string): boolean {
  const trimmed = text.trim();
  const hasOperator = /\s/.test(trimmed) && /(^|[\s()!])(AND|OR|NOT)(?=[\s()]|$)/.test(trimmed);
  const hasPhrase = /(^|[\s()!])("|'[^']*')/.test(trimmed);
  const hasNegation = /(^|[\s(])!/.test(trimmed);
  return hasOperator || hasPhrase || hasNegation || /[()*]/.test(trimmed);
}

/** The text around the character that a problem names, in whichever language; the first one is 1, and behind the last one something is missing. */
export type Spot = { before: string; at: string; after: string };

export function spotIn(text: string, message: string): Spot | null {
  const place = Number(/^\D*(\d+): /.exec(message)?.[1]);
  if (!Number.isInteger(place) || place < 1) return null;
  const characters = [...text];
  return {
    before: characters.slice(0, place - 1).join(""),
    at: characters[place - 1] ?? "",
    after: characters.slice(place).join(""),
  };
}

export type Reason =
  | "bracketUnclosed"
  | "bracketUnexpected"
  | "operatorUnexpected"
  | "quoteUnclosed"
  | "termMissing"
  | "tooDeep"
  | "tooLong"
  | "unreadable";

/** What is wrong, from the code and the character it is told of. */
export function reasonOf(code: string, at: string): Reason {
  if (code === "missing") return "termMissing";
  if (code === "too_deep") return "tooDeep";
  if (code === "too_long") return "tooLong";
  const isBracket = at === "(" || at === ")";
  if (code === "unclosed") return isBracket ? "bracketUnclosed" : "quoteUnclosed";
  if (code === "unexpected") return isBracket ? "bracketUnexpected" : "operatorUnexpected";
  return "unreadable";
}

/** Which group a segment is in. */
export type GroupOf = (segment: number) => string;

/** Who is in the list, as one condition: the filter, what the search text means, the segments and whether they are active. */
export function conditionOf(
  search: CustomersSearch,
  found: Condition | undefined,
  groupOf: GroupOf,
): Condition | undefined {
  const { filter, active } = search;
  const parts = [
    ...(filter ? [filter] : []),
    ...(found ? [found] : []),
    ...membershipsOf(search, groupOf),
    ...(active === undefined ? [] : [{ fact: "field", name: "active", op: "eq", value: active } satisfies Condition]),
  ];
  return parts.length > 1 ? { all: parts } : parts[0];
}

/** In all of the segments, in one of them, or in one of each group that is chosen from. */
function membershipsOf({ segments = [], mode }: CustomersSearch, groupOf: GroupOf): Condition[] {
  const groups = new Map<string, Condition[]>();
  for (const id of segments) {
    const group = mode === "any" ? "" : mode === "groups" ? groupOf(id) : String(id);
    groups.set(group, [...(groups.get(group) ?? []), { fact: "segment", id, op: "in" }]);
  }
  return [...groups.values()].map((any) => (any.length === 1 ? (any[0] as Condition) : { any }));
}

/** The filter the list is asked with. The server knows segments of which all or one count; what counts per group is told as a condition. */
export function filterOf(
  search: CustomersSearch,
  found: Condition | undefined,
  groupOf: GroupOf,
): Condition | undefined {
  const { filter, segments, mode } = search;
  return conditionOf(mode === "groups" ? { filter, segments, mode } : { filter }, found, groupOf);
}
