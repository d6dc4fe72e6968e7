// What is chosen of the list that is shown now. Another order or further pages keep it; another filter begins anew, so that nobody
// is chosen who cannot be seen.
import { useState } from "react";
import type { Query } from "@/api/client";
import type { CustomerFilter } from "@/api/types";
import { asListed } from "@/exports/order";
import { nobody, type Selection } from "./selection";

export type Selecting = {
  selection: Selection;
  select: (selection: Selection) => void;
  clear: () => void;
  /** Whom the list shows, in the words of the API. */
  filter: CustomerFilter;
};

export function useSelection(question: Query): Selecting {
  const { filter } = asListed(question);
  const key = JSON.stringify(filter);
  const [kept, keep] = useState({ key, selection: nobody });
  if (kept.key !== key) keep({ key, selection: nobody });
  return {
    selection: kept.key === key ? kept.selection : nobody,
    select: (selection) => keep({ key, selection }),
    clear: () => keep({ key, selection: nobody }),
    filter,
  };
}
