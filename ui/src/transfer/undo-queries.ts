// Questions about the undoing of an import, and starting it.
import { queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { Import, ImportAccepted, ImportUndo, ImportUndoPreview } from "@/api/types";
import { importsPath } from "./queries";

export type Kept = ImportUndo["fate"];
/** In the order in which they are shown. */
export const undoFigures = [
  "customersDeleted",
  "customersRestored",
  "activitiesDeleted",
  "activitiesRestored",
  "membershipsRestored",
  "kept",
  "unchanged",
] as const;
export type UndoFigures = Record<(typeof undoFigures)[number], number>;

export function undoPath(id: number): string {
  return `${importsPath}/${id}/undo`;
}

export function undoPreviewQuery(id: number, kept: Kept) {
  return queryOptions({
    queryKey: [importsPath, "undo", id, kept],
    queryFn: ({ signal }) => get<ImportUndoPreview>(undoPath(id), { kept }, signal),
    // What stays and what goes is as of now, each time one asks.
    gcTime: 0,
    retry: false,
  });
}

export function startUndo(id: number, kept: Kept): Promise<ImportAccepted> {
  return post<ImportAccepted>(undoPath(id), { kept });
}

/** Whether customers go when this import is undone, which takes a permission of its own. */
export function undoDeletes({ kind, options }: Import): boolean {
  return kind === "customers" || (kind === "activities" && options.createCustomers === true);
}
