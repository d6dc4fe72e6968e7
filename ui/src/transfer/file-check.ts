// What can be said of a file before it is sent. Pure.

/** The largest file the server takes. */
export const FILE_BYTES_MAX = 2 * 1024 * 1024 * 1024;

const extensions = ["csv", "tsv", "txt", "ndjson", "jsonl"];
export const accepted = [...extensions.map((extension) => `.${extension}`), "text/csv"].join(",");

export type FileProblem = "fileEmpty" | "fileType" | "fileTooLarge";

export function fileProblem({ name, size }: { name: string; size: number }): FileProblem | null {
  if (!extensions.includes(name.toLowerCase().split(".").at(-1) ?? "")) return "fileType";
  if (size === 0) return "fileEmpty";
  return FILE_BYTES_MAX < size ? "fileTooLarge" : null;
}
