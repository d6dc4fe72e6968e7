// Questions about imports, and sending files.
import { queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { Import, ImportAccepted, ImportKind, ImportOptions, Peek } from "@/api/types";
import { isFollowed } from "@/jobs/streams";

export const importsPath = "/api/imports";
const PEEKED_BYTES_MAX = 1024 * 1024;
const WATCHING_EVERY_MS = 1_000;
const FOLLOWING_EVERY_MS = 10_000;

export function hasEnded(state: Import["state"]): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}

export function importQuery(id: string | number) {
  return queryOptions({
    queryKey: [importsPath, "one", String(id)],
    queryFn: ({ signal }) => get<Import>(`${importsPath}/${id}`, undefined, signal),
    refetchInterval: ({ state: { data: one } }) => {
      if (one && hasEnded(one.state) && (one.undo === null || hasEnded(one.undo.state))) return false;
      const job = one?.undo?.jobId ?? one?.jobId;
      return job && isFollowed(job) ? FOLLOWING_EVERY_MS : WATCHING_EVERY_MS;
    },
  });
}

/** The first rows of a file. Cells of NDJSON can be anything; here they are looked at as text. */
export type Peeked = { columns: string[]; rows: string[][] };

/** The start of a file is enough, and a large one is not sent twice. */
export async function peek(file: File, options: ImportOptions = {}): Promise<Peeked> {
  const form = new FormData();
  form.append("options", JSON.stringify(options));
  form.append("file", new File([file.slice(0, PEEKED_BYTES_MAX)], file.name));
  const { columns, rows } = await post<Peek>(`${importsPath}/peek`, form);
  return { columns, rows: rows.map((row) => row.map(cellText)) };
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}

/** Kind and options go before the file, so that the server can refuse them without reading it. */
export function startImport(file: File, kind: ImportKind, options: ImportOptions): Promise<ImportAccepted> {
  const form = new FormData();
  form.append("kind", kind);
  form.append("options", JSON.stringify(options));
  form.append("file", file);
  return post<ImportAccepted>(importsPath, form);
}

/** A list of members of a manual segment. */
export function importMembers(segment: number, file: File, options: ImportOptions): Promise<ImportAccepted> {
  const form = new FormData();
  form.append("options", JSON.stringify(options));
  form.append("file", file);
  return post<ImportAccepted>(`/api/segments/${segment}/members/import`, form);
}
