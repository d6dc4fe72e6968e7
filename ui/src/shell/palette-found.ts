// What the palette shows of what was found, while some of it is not there yet. Pure.
export const FOUND_MAX = 6;

export type Answer<T> = { items: T[]; isAwaited: boolean };
type Asked<T> = { data: T[] | undefined; isLoading: boolean; isPlaceholderData: boolean };

/** Nothing of what is not asked for, or failed. */
export function answerOf<T>(isWanted: boolean, { data = [], isLoading, isPlaceholderData }: Asked<T>): Answer<T> {
  return isWanted ? { items: data, isAwaited: isLoading || isPlaceholderData } : { items: [], isAwaited: false };
}

/** What was found for the text before stays in sight only where it fits this one: Enter opens it. */
export function fitting<T extends { label: string; hint?: string }>(entries: T[], query: string): T[] {
  return entries.filter(({ label, hint }) => contains(`${label} ${hint ?? ""}`, query));
}

export function named<T extends { name: string }>(items: T[], query: string): T[] {
  return items.filter(({ name }) => contains(name, query)).slice(0, FOUND_MAX);
}

export function contains(text: string, query: string): boolean {
  return text.toLowerCase().includes(query.toLowerCase());
}

/** Which of so many entries is chosen, -1 for none: the first one, until one moves to another. */
export function placeToChoose(before: number, isMoved: boolean, count: number): number {
  if (isMoved && before >= 0) return before;
  return count === 0 ? -1 : 0;
}
