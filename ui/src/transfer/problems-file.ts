// What an import refused, and what its undoing left as it was, as files to work through. Refused rows are written as the command
// line writes them: row, path, code and message.
import { get } from "@/api/client";
import type { ImportProblem, ImportUndoOutcome, Page } from "@/api/types";

const PAGE = 500;
/** An import that refuses more rows is given up by the server. */
const ROWS_MAX = 100_000;

/** A list from its beginning to its end. */
export async function allOf<T>(path: string): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await get<Page<T>>(path, { limit: PAGE, cursor });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && all.length < ROWS_MAX);
  return all;
}

export function problemsCsv(rows: ImportProblem[]): string {
  const lines = rows.flatMap(({ row, problems }) =>
    problems.map(({ path, code, message }) => [String(row), path, code, message]),
  );
  return csv([["row", "path", "code", "message"], ...lines]);
}

/** Whoever is of no row has none. */
export function keptCsv(kept: ImportUndoOutcome[]): string {
  const lines = kept.flatMap(({ row, subject, subjectId, customerId, name, problems }) =>
    problems.map(({ code, message }) => [
      row === 0 ? "" : String(row),
      subject,
      String(subjectId),
      String(customerId),
      name ?? "",
      code,
      message,
    ]),
  );
  return csv([["row", "subject", "id", "customer", "name", "code", "message"], ...lines]);
}

function csv(lines: string[][]): string {
  return lines.map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

/** Spreadsheets read what begins with one of these characters as a formula; an apostrophe keeps it a text. */
function cell(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Hands a text to the reader as a file. The mark at its beginning tells spreadsheets that it is UTF-8. */
export function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
