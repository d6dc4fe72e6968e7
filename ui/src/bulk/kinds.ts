// The kinds of bulk actions: their picture, who may do them, and how each begins.
import {
  type Icon,
  IconForms,
  IconNote,
  IconTargetArrow,
  IconTargetOff,
  IconTrash,
  IconUserCheck,
  IconUserOff,
} from "@tabler/icons-react";
import type { BulkDeed } from "@/api/types";
import type { Permission } from "@/shell/session";

export type BulkKind = BulkDeed["type"];

/** Nothing has the id 0: a choice that was not made yet. */
export const UNCHOSEN = 0;

export const kinds: { type: BulkKind; icon: Icon; permission: Permission; fresh: BulkDeed; hasForm: boolean }[] = [
  {
    type: "add_to_segment",
    icon: IconTargetArrow,
    permission: "segments:write",
    fresh: { type: "add_to_segment", segmentId: UNCHOSEN },
    hasForm: true,
  },
  {
    type: "remove_from_segment",
    icon: IconTargetOff,
    permission: "segments:write",
    fresh: { type: "remove_from_segment", segmentId: UNCHOSEN },
    hasForm: true,
  },
  {
    type: "set_field",
    icon: IconForms,
    permission: "customers:write",
    fresh: { type: "set_field", field: "", value: null },
    hasForm: true,
  },
  {
    type: "add_note",
    icon: IconNote,
    permission: "customers:write",
    fresh: { type: "add_note", title: "", text: "" },
    hasForm: true,
  },
  {
    type: "activate",
    icon: IconUserCheck,
    permission: "customers:write",
    fresh: { type: "activate" },
    hasForm: false,
  },
  {
    type: "deactivate",
    icon: IconUserOff,
    permission: "customers:write",
    fresh: { type: "deactivate" },
    hasForm: false,
  },
  { type: "delete", icon: IconTrash, permission: "customers:delete", fresh: { type: "delete" }, hasForm: false },
];

export function kindOf(type: BulkKind) {
  const found = kinds.find((kind) => kind.type === type);
  if (!found) throw new Error(`there is no bulk action ${type}`);
  return found;
}
