// Whose value a field gets, as it is picked in the workbench. Pure.
import type { MergedField, MergeSide } from "@/api/types";
import type { Picks } from "./queries";

/** What stays together, so that no address is made of two. */
const together: string[][] = [
  ["street", "zip", "city", "countryCode"],
  ["email", "emailOk"],
];

/** The picks with one more; those that belong to it follow. Without a side the rule decides again. */
export function withPick(picks: Picks, field: string, side: MergeSide | null): Picks {
  const group = together.find((names) => names.includes(field)) ?? [field];
  const rest = Object.fromEntries(Object.entries(picks).filter(([name]) => !group.includes(name)));
  return side === null ? rest : { ...rest, ...Object.fromEntries(group.map((name) => [name, side])) };
}

/** The same picks seen from the other customer. */
export function swapped(picks: Picks): Picks {
  const entries = Object.entries(picks);
  return Object.fromEntries(entries.map(([name, side]) => [name, side === "survivor" ? "other" : "survivor"]));
}

/** Whose value a field gets: the picked side, or the one that the rule has chosen. */
export function sideOf(field: MergedField): MergeSide | null {
  if (field.from === "survivor" || field.from === "other") return field.from;
  return null;
}

/** Fields in which the two differ come first; the others ask for no decision. */
export function sorted(fields: MergedField[]): { differing: MergedField[]; same: MergedField[] } {
  const isSame = ({ survivor, other }: MergedField) => JSON.stringify(survivor) === JSON.stringify(other);
  return { differing: fields.filter((field) => !isSame(field)), same: fields.filter(isSame) };
}
