// Which entries of a timeline are shown.
import type { TimelineItem } from "@/api/types";

/** No chosen kind means every kind; words are looked for in the title and in the details, ignoring case. */
export function fits(item: TimelineItem, kinds: string[], q: string): boolean {
  if (kinds.length > 0 && !kinds.includes(item.kind)) return false;
  const wanted = q.trim().toLowerCase();
  if (wanted === "") return true;
  return `${item.title} ${JSON.stringify(item.detail ?? {})}`.toLowerCase().includes(wanted);
}
