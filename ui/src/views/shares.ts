// Those a view can be shared with as the values of one choice: users by id, roles by key, which begins with a letter. Pure.
import type { SavedViewShare } from "@/api/types";

export function choiceOf({ userId, role }: Pick<SavedViewShare, "userId" | "role">): string {
  return role ?? String(userId);
}

/** Shared with one more, who may only look as long as nobody says otherwise. */
export function added(shares: SavedViewShare[], choice: string): SavedViewShare[] {
  const isUser = /^\d+$/.test(choice);
  return [...shares, { userId: isUser ? Number(choice) : null, role: isUser ? null : choice, mayEdit: false }];
}
