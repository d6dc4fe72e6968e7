// A segment on its way into a customer's segments or out of them, by the mouse. The keyboard chooses and removes.
import { type DragEvent, type ReactNode, useState } from "react";

/** Whether the customer is in it is known from where it was taken. */
export type Held = { id: number; name: string; isIn: boolean };
export type Hold = (held: Held | null) => void;

/** What makes something a segment that can be taken. */
export function takenBy(hold: Hold, held: Held) {
  return {
    draggable: true,
    onDragStart: (event: DragEvent<HTMLElement>) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", held.name);
      hold(held);
    },
    onDragEnd: () => hold(null),
  };
}

type ZoneProps = {
  held: Held | null;
  /** Whether it takes the one that is held. */
  takes: boolean;
  hold: Hold;
  drop: (segment: Held) => void;
  children: ReactNode;
};

/** Where segments are let go. */
export function DropZone({ held, takes, hold, drop, children }: ZoneProps) {
  const [isOver, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse only; the keyboard has the choice and the buttons in it
    <div
      className="segment-zone"
      data-takes={takes || undefined}
      data-over={(takes && isOver) || undefined}
      onDragOver={(event) => {
        if (!takes) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "move";
        setOver(true);
      }}
      onDragLeave={(event) => {
        const to = event.relatedTarget;
        if (!(to instanceof Node && event.currentTarget.contains(to))) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (held !== null && takes) drop(held);
        // What was taken may be gone before it is told that it has been let go.
        hold(null);
      }}
    >
      {children}
    </div>
  );
}
