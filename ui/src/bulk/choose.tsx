// The column of the list in which customers are chosen: a box for each, and one in the head for all who are listed.
import { Checkbox } from "@mantine/core";
import type { KeyboardEvent, ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Customer } from "@/api/types";
import { customerName } from "@/customers/name";
import type { CursorList } from "@/parts/cursor-list";
import type { Column } from "@/parts/rows";
import { isChosen, pageToggled, ranged, shareOf, toggled } from "./selection";
import type { Selecting } from "./use-selection";
import "./bulk.css";

const WIDTH_PX = 46;

export function useChooseColumn(selecting: Selecting, { items, isOutdated }: CursorList<Customer>): Column<Customer> {
  const t = useTranslations("bulk");
  const listed = items.map(({ id }) => id);
  return {
    key: "chosen",
    label: t("chosen"),
    width: WIDTH_PX,
    className: "choose",
    head: <HeadBox selecting={selecting} listed={listed} isOff={isOutdated} />,
    cell: (customer) => <RowBox selecting={selecting} listed={listed} isOff={isOutdated} customer={customer} />,
  };
}

type Props = {
  selecting: Selecting;
  listed: number[];
  /** While customers are shown whom another filter has found. */
  isOff: boolean;
};

function HeadBox({ selecting: { selection, select, clear }, listed, isOff }: Props) {
  const t = useTranslations("bulk");
  const share = shareOf(selection, listed);
  return (
    <Spot clear={clear}>
      <Checkbox
        size="xs"
        aria-label={t("chooseListed")}
        disabled={isOff || listed.length === 0}
        checked={share === "all"}
        indeterminate={share === "some"}
        onChange={() => select(pageToggled(selection, listed))}
      />
    </Spot>
  );
}

function RowBox({ selecting: { selection, select, clear }, listed, isOff, customer }: Props & { customer: Customer }) {
  const t = useTranslations("bulk");
  const { id } = customer;
  return (
    <Spot clear={clear}>
      <Checkbox
        size="xs"
        aria-label={t("choose", { name: customerName(customer) })}
        disabled={isOff}
        checked={isChosen(selection, id)}
        onChange={({ nativeEvent }) =>
          select(isShifted(nativeEvent) ? ranged(selection, listed, id) : toggled(selection, id))
        }
      />
    </Spot>
  );
}

/** The whole cell is the box: whoever misses it by a bit does not open the customer. */
function Spot({ clear, children }: { clear: () => void; children: ReactNode }) {
  const step = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "Escape") return clear();
    const row = event.currentTarget.closest("tr");
    const next =
      event.key === "ArrowDown" ? row?.nextElementSibling : event.key === "ArrowUp" && row?.previousElementSibling;
    const box = next ? next.querySelector<HTMLInputElement>(".choose input") : null;
    if (!box) return;
    event.preventDefault();
    box.focus();
  };
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the box is within it and has a name of its own
    <label
      className="above-row-link"
      onKeyDown={step}
      // A range of rows is no text to be marked.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
    >
      {children}
    </label>
  );
}

function isShifted(event: Event): boolean {
  return "shiftKey" in event && event.shiftKey === true;
}
