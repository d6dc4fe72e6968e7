// Rows dragged to another place with the mouse. The keyboard moves them by buttons and by Alt with the arrows, see row-acts.tsx.
import { createContext, type DragEvent, useContext, useMemo, useRef, useState } from "react";

/** Where a row comes when it is let go: before the row that is there now, or behind the last one. */
export type Drop = { group: string; place: number };

export type Dragging = {
  from: string | null;
  drop: Drop | null;
  begin: (event: DragEvent<HTMLElement>, from: string, what: string) => void;
  over: (event: DragEvent<HTMLElement>, group: string) => void;
  letGo: (event: DragEvent<HTMLElement>) => void;
  end: () => void;
};

const nothing = () => {};
export const DragContext = createContext<Dragging>({
  from: null,
  drop: null,
  begin: nothing,
  over: nothing,
  letGo: nothing,
  end: nothing,
});

export function useDragging(): Dragging {
  return useContext(DragContext);
}

type Moves = { canMove: (from: string, to: Drop) => boolean; move: (from: string, to: Drop) => void };

/** What one builder knows of a row on its way; those of other builders do not come in. */
export function useRowsOnTheirWay({ canMove, move }: Moves): Dragging {
  const held = useRef<string | null>(null);
  const [from, setFrom] = useState<string | null>(null);
  const [drop, setDrop] = useState<Drop | null>(null);
  return useMemo<Dragging>(() => {
    const end = () => {
      held.current = null;
      setFrom(null);
      setDrop(null);
    };
    return {
      from,
      drop,
      end,
      begin: (event, row, what) => {
        held.current = row;
        event.stopPropagation();
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", what);
        const whole = event.currentTarget.closest(".condition-place");
        const { left = 0, top = 0 } = whole?.getBoundingClientRect() ?? {};
        if (whole) event.dataTransfer.setDragImage(whole, event.clientX - left, event.clientY - top);
        // The browser takes the picture of the row first, before it is drawn as taken away.
        requestAnimationFrame(() => setFrom(held.current));
      },
      over: (event, group) => {
        if (held.current === null || isAtEdge(event)) return;
        event.stopPropagation();
        const to = { group, place: placeAt(rowsOf(event.currentTarget), event.clientY) };
        if (!canMove(held.current, to)) return setDrop(null);
        event.preventDefault();
        event.dataTransfer.dropEffect = "move";
        setDrop((before) => (before?.group === to.group && before.place === to.place ? before : to));
      },
      letGo: (event) => {
        if (held.current === null || drop === null) return;
        event.preventDefault();
        event.stopPropagation();
        move(held.current, drop);
        end();
      },
    };
  }, [from, drop, canMove, move]);
}

const EDGE_PX = 8;

/** At the edge of a group one means the group around it: a place before or behind this one. */
function isAtEdge({ currentTarget, clientY }: DragEvent<HTMLElement>): boolean {
  if (currentTarget.parentElement?.closest(".condition-group") === null) return false;
  const { top, bottom } = currentTarget.getBoundingClientRect();
  return clientY < top + EDGE_PX || clientY > bottom - EDGE_PX;
}

function rowsOf(group: HTMLElement): { top: number; bottom: number }[] {
  return [...group.querySelectorAll(":scope > .condition-places > .condition-place")].map((row) =>
    row.getBoundingClientRect(),
  );
}

/** Behind all rows whose middle is above. */
export function placeAt(rows: { top: number; bottom: number }[], y: number): number {
  return rows.filter(({ top, bottom }) => (top + bottom) / 2 < y).length;
}
