// Those a view can be shared with as the values of one choice: users by id, roles by name. Pure.
import type { Role, SavedViewShare } from "@/api/types";

export const roles: Role[] = ["admin", "editor", "viewer"];

export function choiceOf({ userId, role }: Pick<SavedViewShare, "userId" | "role">): string {
  return role ?? String(userId);
}

/** Shared with one more, who may only look as long as nobody says otherwise. */
export function added(shares: SavedViewShare[], choice: string): SavedViewShare[] {
  const role = roles.find((one) => one === choice) ?? null;
  return [...shares, { userId: role ? null : Number(choice), role, mayEdit: false }];
}
