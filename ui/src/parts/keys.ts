// Single keys that do something on a page, as long as nobody is typing, choosing in a list, or asked something by a dialog.
import { useWindowEvent } from "@mantine/hooks";

/** Where keys mean something else already. */
const TAKEN =
  "input, textarea, select, [contenteditable=true], [role=slider], [role=listbox], [role=menu], [role=dialog]";
/** What Enter and the arrows belong to when it has the focus; buttons marked with `data-keys` let them through. */
const ACTIVE = "a, button, [role=tab], [role=radio]";
const OF_THE_FOCUSED = ["Enter", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

/** By what the key is called: `a`, `Enter`, `ArrowDown`. */
export function useKeys(acts: Record<string, (() => void) | undefined>) {
  useWindowEvent("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = acts[key];
    if (!act || !isFree(event.target, key) || document.querySelector("[role=dialog]") !== null) return;
    event.preventDefault();
    act();
  });
}

function isFree(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return true;
  if (target.closest(TAKEN)) return false;
  return !OF_THE_FOCUSED.includes(key) || target.closest("[data-keys]") !== null || !target.closest(ACTIVE);
}
