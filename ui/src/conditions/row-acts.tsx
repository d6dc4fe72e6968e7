// What can be done with a row or a group: another place, a double, its opposite, its end. Alt with the arrows moves it from anywhere inside.
import { Group } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconCopy, IconTrash, IconX } from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import { useTranslations } from "use-intl";
import { Act } from "@/parts/act";
import { useBuilder } from "./context";
import { negated } from "./model";
import { whole } from "./moves";
import { NegateButton } from "./negation";
import type { Condition } from "./types";

const ACT_PX = 24;
const ICON_PX = 15;

type Props = { what: string; node: Condition; pointer: string; isNegated: boolean; isGroup?: boolean };

export function RowActs({ what, node, pointer, isNegated, isGroup = false }: Props) {
  const t = useTranslations("conditions.builder");
  const { shift, canShift, duplicate, remove, replace, readOnly } = useBuilder();
  if (readOnly) return null;
  const outer = whole(pointer);
  return (
    <Group gap={0} wrap="nowrap" mt={3} data-acts={outer}>
      <Act name="up" size={ACT_PX} label={t("up", { what })} isOff={!canShift(outer, -1)} act={() => shift(outer, -1)}>
        <IconArrowUp size={ICON_PX} />
      </Act>
      <Act
        name="down"
        size={ACT_PX}
        label={t("down", { what })}
        isOff={!canShift(outer, 1)}
        act={() => shift(outer, 1)}
      >
        <IconArrowDown size={ICON_PX} />
      </Act>
      <Act name="duplicate" size={ACT_PX} label={t("duplicate", { what })} act={() => duplicate(outer)}>
        <IconCopy size={ICON_PX} />
      </Act>
      <NegateButton what={what} isNegated={isNegated} toggle={() => replace(outer, isNegated ? node : negated(node))} />
      <Act
        name="remove"
        size={ACT_PX}
        label={isGroup ? t("removeGroup") : t("remove", { what })}
        act={() => remove(outer)}
      >
        {isGroup ? <IconTrash size={ICON_PX} /> : <IconX size={ICON_PX} />}
      </Act>
    </Group>
  );
}

/** Alt with an arrow moves the row one is in, also out of an input, which would open its list. */
export function useMoveKeys(pointer: string) {
  const { shift, readOnly } = useBuilder();
  return (event: KeyboardEvent) => {
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : null;
    if (readOnly || by === null || !event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    shift(pointer, by);
  };
}
