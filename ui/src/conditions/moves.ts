// Rows of a condition in another place: up and down as one reads them, into groups and out of them, and doubled. Pure.
import { join, steps, valueAt, withValueAt } from "@/api/pointer";
import { childPointer, childrenOf, DEPTH_MAX, modeOf, NODES_MAX, nodeCount, parentOf, removed } from "./model";
import { type Condition, isAll, isAny, isNot } from "./types";

/** A tree, and where the row that was touched now is. */
export type Placed = { tree: Condition; pointer: string };

/** The row together with the "not" before it. */
export function whole(pointer: string): string {
  return steps(pointer).at(-1) === "not" ? whole(parentOf(pointer)) : pointer;
}

/** The row once more, below itself. None when the tree would become too large for the server. */
export function duplicated(tree: Condition, pointer: string): Placed | null {
  const node = valueAt(tree, whole(pointer)) as Condition;
  if (nodeCount(tree) + nodeCount(node) > NODES_MAX) return null;
  const { group, place } = spotOf(pointer);
  return inserted(tree, structuredClone(node), group, place + 1);
}

/** The row one place further up or down: past a row, into a group, or out of the group it ends. None when it cannot go on. */
export function shifted(tree: Condition, pointer: string, by: -1 | 1): Placed | null {
  const from = whole(pointer);
  const { group, place } = spotOf(from);
  const siblings = childrenOf(valueAt(tree, group) as Condition);
  const neighbour = siblings[place + by];
  if (neighbour !== undefined) {
    const inner = innerGroup(childPointer(group, valueAt(tree, group) as Condition, place + by), neighbour);
    if (inner === null) return moved(tree, from, group, place + by);
    return moved(tree, from, inner, by === 1 ? 0 : childrenOf(valueAt(tree, inner) as Condition).length);
  }
  if (group === "") return null;
  const outer = spotOf(group);
  return moved(tree, from, outer.group, by === 1 ? outer.place + 1 : outer.place);
}

/** The row before the one that is at a place of a group, or behind its last. None when it would stay, or come into itself. */
export function dropped(tree: Condition, pointer: string, group: string, place: number): Placed | null {
  const from = whole(pointer);
  if (group === from || group.startsWith(`${from}/`)) return null;
  const spot = spotOf(from);
  const target = spot.group === group && spot.place < place ? place - 1 : place;
  if (spot.group === group && spot.place === target) return null;
  return moved(tree, from, group, target);
}

/** The row at a place of a group, counted as if it were taken out first. */
function moved(tree: Condition, from: string, group: string, place: number): Placed | null {
  const node = valueAt(tree, from) as Condition;
  // Its own place is held by something unmistakable, so that the pointers stay true until it is taken away.
  const hole: Condition = { all: [] };
  const held = withValueAt(tree, from, hole);
  const siblings = childrenOf(valueAt(held, group) as Condition);
  const holeAt = siblings.indexOf(hole);
  const target = holeAt !== -1 && holeAt < place ? place + 1 : place;
  const { tree: grown } = inserted(held, node, group, target);
  const done = removed(grown, pointerOf(grown, hole) ?? from);
  const pointer = pointerOf(done, node);
  return pointer === null || depthOf(done) > DEPTH_MAX ? null : { tree: done, pointer };
}

function inserted(tree: Condition, node: Condition, group: string, place: number): Placed {
  const parent = valueAt(tree, group) as Condition;
  const list = childrenOf(parent);
  const grown = withValueAt(tree, join(group, modeOf(parent)), [...list.slice(0, place), node, ...list.slice(place)]);
  return { tree: grown, pointer: childPointer(group, parent, place) };
}

/** The group a row is in, and its place there. */
function spotOf(pointer: string): { group: string; place: number } {
  const row = whole(pointer);
  return { group: parentOf(parentOf(row)), place: Number(steps(row).at(-1)) };
}

/** Where the rows of a group are that may have a "not" before it; none for what is no group. */
function innerGroup(pointer: string, node: Condition): string | null {
  if (isNot(node)) return innerGroup(join(pointer, "not"), node.not);
  return isAll(node) || isAny(node) ? pointer : null;
}

/** Where this very node is: another one that reads the same is not meant. */
function pointerOf(tree: Condition, node: Condition, pointer = ""): string | null {
  if (tree === node) return pointer;
  if (isNot(tree)) return pointerOf(tree.not, node, join(pointer, "not"));
  for (const [index, child] of childrenOf(tree).entries()) {
    const found = pointerOf(child, node, childPointer(pointer, tree, index));
    if (found !== null) return found;
  }
  return null;
}

function depthOf(tree: Condition): number {
  if (isNot(tree)) return 1 + depthOf(tree.not);
  return 1 + Math.max(0, ...childrenOf(tree).map(depthOf));
}
