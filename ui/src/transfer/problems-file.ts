// The rows an import refused, as a file to work through: row, path, code and message, as the command line writes them.
import { get } from "@/api/client";
import type { ImportProblem, Page } from "@/api/types";

const PAGE = 500;
/** An import that refuses more rows is given up by the server. */
const ROWS_MAX = 100_000;

export async function problemsOf(path: string): Promise<ImportProblem[]> {
  const all: ImportProblem[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<ImportProblem> = await get<Page<ImportProblem>>(path, { limit: PAGE, cursor });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && all.length < ROWS_MAX);
  return all;
}

export function problemsCsv(rows: ImportProblem[]): string {
  const lines = rows.flatMap(({ row, problems }) =>
    problems.map(({ path, code, message }) => [String(row), path, code, message]),
  );
  return [["row", "path", "code", "message"], ...lines].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
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
