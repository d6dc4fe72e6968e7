// The right edge of a column, to make it wider or narrower: dragged, or moved by the arrow keys. A double click or Enter leaves the width
// to the browser again. While it is dragged only a property of the table changes; what follows from it is drawn at the end.
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { useTranslations } from "use-intl";
import "./resize-handle.css";

export const WIDTH_PX_MIN = 40;
export const WIDTH_PX_MAX = 1200;
const STEP_PX = 16;

type Props = {
  label: string;
  width: number | undefined;
  /** The property of the table that holds the width. */
  property: string;
  onResize: (width: number | undefined) => void;
};

export function ResizeHandle({ label, width, property, onResize }: Props) {
  const t = useTranslations("parts.column");
  const drag = useRef<{ x: number; from: number; to: number | null } | null>(null);
  const start = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, from: widthOf(event.currentTarget), to: null };
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    if (drag.current === null) return;
    drag.current.to = within(drag.current.from + event.clientX - drag.current.x);
    event.currentTarget.closest("table")?.style.setProperty(property, `${drag.current.to}px`);
  };
  const end = () => {
    const to = drag.current?.to ?? null;
    drag.current = null;
    if (to !== null) onResize(to);
  };
  const press = (event: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key];
    if (by === undefined && event.key !== "Enter") return;
    event.preventDefault();
    onResize(by === undefined ? undefined : within((width ?? widthOf(event.currentTarget)) + by));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule between columns that can be moved is no <hr>
    <span
      className="resize-handle"
      role="separator"
      aria-orientation="vertical"
      aria-label={t("width", { label })}
      aria-valuemin={WIDTH_PX_MIN}
      aria-valuemax={WIDTH_PX_MAX}
      aria-valuenow={width ?? WIDTH_PX_MIN}
      aria-valuetext={width === undefined ? t("automatic") : t("pixels", { width })}
      title={t("hint")}
      tabIndex={0}
      onPointerDown={start}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
      onDoubleClick={() => onResize(undefined)}
      onKeyDown={press}
    />
  );
}

function widthOf(handle: HTMLElement): number {
  return handle.closest("th")?.getBoundingClientRect().width ?? WIDTH_PX_MIN;
}

function within(width: number): number {
  return Math.round(Math.min(WIDTH_PX_MAX, Math.max(WIDTH_PX_MIN, width)));
}
