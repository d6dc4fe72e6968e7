// What can be allowed, by function: to look at it and to change it; and what one choice brings along. Pure.
import type { Permission, Role } from "@/api/types";

export type FunctionWord =
  | "customers"
  | "deletion"
  | "bulk"
  | "imports"
  | "exports"
  | "sharing"
  | "views"
  | "activities"
  | "duplicates"
  | "merging"
  | "segments"
  | "rules"
  | "mail"
  | "webhooks"
  | "settings"
  | "jobs"
  | "users"
  | "audit";
export type AreaWord = "customers" | "audience" | "messages" | "settings";
export type Allowed = { word: FunctionWord; look?: Permission; change?: Permission };

export const areas: { word: AreaWord; functions: Allowed[] }[] = [
  {
    word: "customers",
    functions: [
      { word: "customers", look: "customers:read", change: "customers:write" },
      { word: "deletion", change: "customers:delete" },
      { word: "bulk", change: "bulk:write" },
      { word: "imports", change: "imports:write" },
      { word: "exports", change: "exports:write" },
      { word: "activities", look: "activities:read", change: "activities:write" },
      { word: "duplicates", look: "duplicates:read", change: "duplicates:write" },
      { word: "merging", look: "merging:read", change: "merging:write" },
      { word: "sharing", change: "views:share" },
      { word: "views", change: "views:write" },
    ],
  },
  {
    word: "audience",
    functions: [
      { word: "segments", look: "segments:read", change: "segments:write" },
      { word: "rules", look: "rules:read", change: "rules:write" },
    ],
  },
  {
    word: "messages",
    functions: [
      { word: "mail", look: "mail:read", change: "mail:write" },
      { word: "webhooks", look: "webhooks:read", change: "webhooks:write" },
    ],
  },
  {
    word: "settings",
    functions: [
      { word: "settings", look: "settings:read", change: "settings:write" },
      { word: "jobs", look: "jobs:read", change: "jobs:write" },
      { word: "users", look: "users:read", change: "users:write" },
      { word: "audit", look: "audit:read" },
    ],
  },
];

/** All there is, in the order in which it is shown. */
export const shownPermissions: Permission[] = areas.flatMap(({ functions }) =>
  functions.flatMap(({ look, change }) => [look, change].filter((one) => one !== undefined)),
);

type May = (permission: Permission) => boolean;

/** Whether somebody holds all of it himself, of a role or a key: only then may he give it, change it or take it away. */
export function isWithin(scopes: readonly string[], may: May): boolean {
  return shownPermissions.every((one) => may(one) || !(scopes.includes("all") || scopes.includes(one)));
}

/** What a new key begins with: everything, or what its maker may do where that is less. */
export function firstScopes(may: May): string[] {
  return isWithin(["all"], may) ? ["all"] : shownPermissions.filter(may);
}

/** The role that a new user begins with, of those that may be given; none is the empty one. */
export function firstRole(roles: Pick<Role, "key" | "permissions">[], may: May): string {
  const given = roles.filter(({ permissions }) => isWithin(permissions, may)).map(({ key }) => key);
  return given.find((key) => key === "editor") ?? given[0] ?? "";
}

/** What each permission is of little use without, as the server says it. */
export type Needs = ReadonlyMap<Permission, readonly Permission[]>;

/** A permission with all that it needs. */
export function withNeeds(permission: Permission, needs: Needs): Permission[] {
  const further = (needs.get(permission) ?? []).flatMap((needed) => withNeeds(needed, needs));
  return [...new Set([permission, ...further])];
}

/** Chosen too, with what it needs. */
export function allowed(held: Permission[], permission: Permission, needs: Needs): Permission[] {
  return inOrder([...held, ...withNeeds(permission, needs)]);
}

/** Chosen no longer, and neither is what needs it. */
export function forbidden(held: Permission[], permission: Permission, needs: Needs): Permission[] {
  return inOrder(held.filter((one) => !withNeeds(one, needs).includes(permission)));
}

export type Difference = { added: Permission[]; removed: Permission[] };

export function difference(before: Permission[], after: Permission[]): Difference {
  return {
    added: shownPermissions.filter((one) => after.includes(one) && !before.includes(one)),
    removed: shownPermissions.filter((one) => before.includes(one) && !after.includes(one)),
  };
}

function inOrder(held: Permission[]): Permission[] {
  return shownPermissions.filter((one) => held.includes(one));
}
