// Views sorted by whose they are. Pure.
import type { SavedView } from "@/api/types";

export type ViewGroup = "own" | "shared" | "others";

/** One's own, those shared with one, and of all there are the rest; without groups that are empty. */
export function grouped(usable: SavedView[], all: SavedView[], user: number) {
  const isOwn = ({ owner }: SavedView) => owner?.id === user;
  const rest = all.filter(({ id }) => usable.every((view) => view.id !== id));
  const groups: { word: ViewGroup; views: SavedView[] }[] = [
    { word: "own", views: usable.filter(isOwn) },
    { word: "shared", views: usable.filter((view) => !isOwn(view)) },
    { word: "others", views: rest },
  ];
  return groups.filter(({ views }) => views.length > 0);
}
