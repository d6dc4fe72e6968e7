// The condition builder: nested groups of sentence-like rows over one JSON tree. It keeps no state of its own.
import { Box } from "@mantine/core";
import { type ReactNode, useCallback, useMemo } from "react";
import { valueAt, withValueAt } from "@/api/pointer";
import type { Condition } from "@/api/types";
import { useCatalogue } from "./catalogue";
import { type Builder, BuilderContext } from "./context";
import { DragContext, type Drop, useRowsOnTheirWay } from "./dragging";
import { GroupBox } from "./group";
import { JsonButton } from "./json-button";
import { added, asGroup, type NewLeaf, removed } from "./model";
import { dropped, duplicated, type Placed, shifted } from "./moves";
import { useRowFocus } from "./row-focus";

type Props = {
  value: Condition | null;
  onChange: (condition: Condition) => void;
  leaves?: NewLeaf[];
  attributes?: { name: string; kind: string }[];
  counts?: { path: string; count: number }[];
  problems?: ReadonlyMap<string, string>;
  /** Where the condition lies within the form, so that problems find their rows. */
  base?: string;
  readOnly?: boolean;
  /** What no condition means here, where it does not mean everybody. */
  emptyText?: string;
};

export const EVERY_LEAF: NewLeaf[] = ["field", "activity", "sequence", "segment", "consent", "subscription", "company"];
const NO_ATTRIBUTES: { name: string; kind: string }[] = [];
const NO_PROBLEMS: ReadonlyMap<string, string> = new Map();

export function ConditionBuilder(props: Props) {
  const { value, onChange, leaves = EVERY_LEAF, attributes = NO_ATTRIBUTES, counts, readOnly = false } = props;
  const { problems = NO_PROBLEMS, base = "/condition", emptyText } = props;
  const catalogue = useCatalogue();
  const tree = asGroup(value);
  const { root, focusNext } = useRowFocus();
  const place = useCallback(
    (placed: Placed | null, act: string) => {
      if (placed === null) return;
      focusNext(placed.pointer, act);
      onChange(placed.tree);
    },
    [focusNext, onChange],
  );
  const builder = useMemo<Builder>(() => {
    const countOf = new Map(counts?.map(({ path, count }) => [path, count]));
    return {
      catalogue,
      attributes,
      leaves,
      readOnly,
      emptyText,
      replace: (pointer, node) => onChange(withValueAt(tree, pointer, node)),
      change: (pointer, part) => onChange(withValueAt(tree, pointer, part)),
      remove: (pointer) => onChange(removed(tree, pointer)),
      shift: (pointer, by) => place(shifted(tree, pointer, by), by === 1 ? "down" : "up"),
      canShift: (pointer, by) => shifted(tree, pointer, by) !== null,
      duplicate: (pointer) => place(duplicated(tree, pointer), "duplicate"),
      add: (groupPointer, node) => onChange(added(tree, groupPointer, node)),
      countAt: (pointer) => countOf.get(pointer),
      problemAt: (pointer) => problemBelow(problems, base + pointer, valueAt(tree, pointer) as Condition),
    };
  }, [catalogue, attributes, leaves, readOnly, emptyText, onChange, place, tree, counts, problems, base]);
  return (
    <BuilderContext.Provider value={builder}>
      <Box ref={root}>
        <Draggable tree={tree} onChange={onChange}>
          <GroupBox group={tree} pointer="" depth={1} />
        </Draggable>
        <JsonButton value={tree} apply={onChange} isAskable={!leaves.includes("attribute")} />
      </Box>
    </BuilderContext.Provider>
  );
}

type DraggableProps = { tree: Condition; onChange: (condition: Condition) => void; children: ReactNode };

function Draggable({ tree, onChange, children }: DraggableProps) {
  const canMove = useCallback((from: string, to: Drop) => dropped(tree, from, to.group, to.place) !== null, [tree]);
  const move = useCallback(
    (from: string, to: Drop) => {
      const placed = dropped(tree, from, to.group, to.place);
      if (placed !== null) onChange(placed.tree);
    },
    [tree, onChange],
  );
  return <DragContext.Provider value={useRowsOnTheirWay({ canMove, move })}>{children}</DragContext.Provider>;
}

/** A leaf shows what is wrong anywhere inside it; a group only what is wrong with itself. */
function problemBelow(problems: ReadonlyMap<string, string>, pointer: string, node: Condition): string | undefined {
  const own = problems.get(pointer);
  if (own !== undefined || !("fact" in node)) return own;
  for (const [path, message] of problems) if (path.startsWith(`${pointer}/`)) return message;
  return undefined;
}
