// Questions about roles, and what they are called.
import { queryOptions } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { get } from "@/api/client";
import type { DescribedPermission, Page, Role } from "@/api/types";
import type { Needs } from "./permissions";

export const rolesPath = "/api/roles";
const CHOICES_MAX = 500;

export const rolesQuery = queryOptions({
  queryKey: [rolesPath, "all"],
  queryFn: async ({ signal }) => (await get<Page<Role>>(rolesPath, { limit: CHOICES_MAX }, signal)).items,
});

export function roleQuery(key: string) {
  return queryOptions({
    queryKey: [rolesPath, "one", key],
    queryFn: ({ signal }) => get<Role>(`${rolesPath}/${key}`, undefined, signal),
  });
}

/** They change with the program only. */
export const needsQuery = queryOptions({
  queryKey: ["/api/permissions"],
  queryFn: async ({ signal }): Promise<Needs> => {
    const { items } = await get<Page<DescribedPermission>>("/api/permissions", undefined, signal);
    return new Map(items.map(({ name, needs }) => [name, needs]));
  },
  staleTime: Number.POSITIVE_INFINITY,
});

const builtIn = ["admin", "editor", "viewer"] as const;
type BuiltIn = (typeof builtIn)[number];

function asBuiltIn(key: string): BuiltIn | undefined {
  return builtIn.find((one) => one === key);
}

/** What a role is called in the reader's language; those of one's own are called as they are. */
export function useRoleName(): (key: string, name: string) => string {
  const t = useTranslations("roles.builtIn");
  return (key, name) => {
    const known = asBuiltIn(key);
    return known ? t(`${known}.name`) : name;
  };
}

export function useRoleHint(): (role: Pick<Role, "key" | "description">) => string | null {
  const t = useTranslations("roles.builtIn");
  return ({ key, description }) => {
    const known = asBuiltIn(key);
    return known ? t(`${known}.hint`) : description;
  };
}
