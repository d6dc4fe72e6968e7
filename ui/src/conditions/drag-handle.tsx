// What a row is dragged by. For the mouse only: whoever uses the keyboard has the buttons at the end of the row.
import { IconGripVertical } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useBuilder } from "./context";
import { useDragging } from "./dragging";
import { whole } from "./moves";

export function DragHandle({ pointer, what }: { pointer: string; what: string }) {
  const t = useTranslations("conditions.builder");
  const { readOnly } = useBuilder();
  const { begin, end } = useDragging();
  if (readOnly) return null;
  return (
    <span
      className="condition-handle"
      draggable
      aria-hidden
      title={t("drag")}
      onDragStart={(event) => begin(event, whole(pointer), what)}
      onDragEnd={end}
    >
      <IconGripVertical size={15} />
    </span>
  );
}
