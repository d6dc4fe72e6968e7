// Which entry of the palette Enter opens: the first one, also of those that arrive late, until one chooses another with the arrows.
import { createSpotlight } from "@mantine/spotlight";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { placeToChoose } from "./palette-found";

export const [paletteStore, palette] = createSpotlight();

export const LIST_ID = "palette-entries";
const CHOSEN = "data-selected";

/** `keys` are those of the entries in their order. What Spotlight chooses by itself is what was there while one typed. */
export function usePaletteChoice(keys: string[], isSearching: boolean) {
  const isMoved = useRef(false);
  const isEntered = useRef(false);
  const entries = keys.join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn is read from the page, and is another with other entries
  useEffect(() => {
    choose(isMoved.current);
    if (!isEntered.current || isSearching) return;
    isEntered.current = false;
    chosen()?.click();
  }, [entries, isSearching]);
  return {
    startAnew: () => {
      isMoved.current = false;
      isEntered.current = false;
    },
    onKeyDown: ({ code, nativeEvent }: KeyboardEvent) => {
      if (nativeEvent.isComposing) return;
      if (code === "ArrowDown" || code === "ArrowUp") isMoved.current = true;
      // Who is quicker than the server opens what it will have found.
      if (code === "Enter" && isSearching && chosen() === undefined) isEntered.current = true;
    },
  };
}

function drawn(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`#${LIST_ID} [data-action]`)];
}

function chosen(): HTMLElement | undefined {
  return drawn().find((entry) => entry.hasAttribute(CHOSEN));
}

/** What one has moved to stays chosen for as long as it is there. */
function choose(isKept: boolean) {
  const all = drawn();
  const before = chosen();
  const selected = placeToChoose(before ? all.indexOf(before) : -1, isKept, all.length);
  before?.removeAttribute(CHOSEN);
  all[selected]?.setAttribute(CHOSEN, "true");
  paletteStore.updateState((state) => ({ ...state, selected }));
}
