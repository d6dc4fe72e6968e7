// What every row of the builder needs: the vocabulary, the edits, and what the server said about each place.
import { createContext, useContext } from "react";
import type { Catalogue } from "@/api/types";
import { emptyCatalogue } from "./catalogue";
import type { NewLeaf } from "./model";
import type { Condition } from "./types";

export type Builder = {
  catalogue: Catalogue;
  /** Attributes of the activity that fires a rule; empty where no activity is in sight. */
  attributes: { name: string; kind: string }[];
  leaves: NewLeaf[];
  replace: (pointer: string, node: Condition) => void;
  /** Puts in place what is a part of a leaf and no node of its own. */
  change: (pointer: string, part: object) => void;
  remove: (pointer: string) => void;
  add: (groupPointer: string, node: Condition) => void;
  /** One place up or down as one reads: past a row, into a group, out of it. */
  shift: (pointer: string, by: -1 | 1) => void;
  canShift: (pointer: string, by: -1 | 1) => boolean;
  duplicate: (pointer: string) => void;
  countAt: (pointer: string) => number | undefined;
  /** The first problem at this place or below it. */
  problemAt: (pointer: string) => string | undefined;
  readOnly: boolean;
  /** What is said in place of rows while there are none. */
  emptyText?: string;
};

const nothing = () => {};
export const BuilderContext = createContext<Builder>({
  catalogue: emptyCatalogue,
  attributes: [],
  leaves: [],
  replace: nothing,
  change: nothing,
  remove: nothing,
  add: nothing,
  shift: nothing,
  canShift: () => false,
  duplicate: nothing,
  countAt: () => undefined,
  problemAt: () => undefined,
  readOnly: true,
});

export function useBuilder(): Builder {
  return useContext(BuilderContext);
}
