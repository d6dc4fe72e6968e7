// Keeps the keyboard at a row that went to another place: its button is focused again once the changed tree is drawn.
import { useCallback, useEffect, useRef } from "react";

type Wanted = { pointer: string; act: string };

export function useRowFocus() {
  const root = useRef<HTMLDivElement>(null);
  const wanted = useRef<Wanted | null>(null);
  useEffect(() => {
    if (wanted.current === null || root.current === null) return;
    const { pointer, act } = wanted.current;
    const row = [...root.current.querySelectorAll<HTMLElement>("[data-acts]")].find(
      ({ dataset }) => dataset.acts === pointer,
    );
    row?.querySelector<HTMLElement>(`[data-act="${act}"]`)?.focus();
    wanted.current = null;
  });
  const focusNext = useCallback((pointer: string, act: string) => {
    wanted.current = { pointer, act };
  }, []);
  return { root, focusNext };
}
