// Large pages are drawn in pieces, between which the browser can answer.
import { useDeferredValue } from "react";

/** Whether what has arrived may be drawn: at once when it was there before, else as soon as the browser has drawn all of it unseen. */
export function useUnhurried(arrived: unknown): boolean {
  return useDeferredValue(arrived !== undefined);
}
