// Spans of time as conditions write them ("90d", "12h", ISO 8601): read into a number and a unit, and written back.

export type Unit = "minutes" | "hours" | "days" | "weeks";
export type Span = { count: number; unit: Unit };
/** Months and years have no exact length, so conditions do not know them. */
export const units: readonly Unit[] = ["minutes", "hours", "days", "weeks"];

const LETTERS: Record<Unit, string> = { minutes: "m", hours: "h", days: "d", weeks: "w" };

/** Spans of mixed units ("P1DT12H") are valid too, but have no single number to edit: null. */
export function readSpan(text: unknown): Span | null {
  if (typeof text !== "string") return null;
  const found = /^(?:P(?=\d+[DW]$)|PT(?=\d+[HM]$))?(\d+)([mhdwMHDW])$/.exec(text);
  if (found === null) return null;
  const letter = found[2]?.toLowerCase();
  const unit = units.find((candidate) => LETTERS[candidate] === letter);
  return unit === undefined ? null : { count: Number(found[1]), unit };
}

export function writeSpan({ count, unit }: Span): string {
  return `${count}${LETTERS[unit]}`;
}
