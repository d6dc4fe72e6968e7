// Who is signed in and what they may do.
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { get, rememberToken } from "@/api/client";
import type { Session } from "@/api/types";

export type Permission =
  | "customers:read"
  | "customers:write"
  | "activities:read"
  | "activities:write"
  | "segments:read"
  | "segments:write"
  | "rules:read"
  | "rules:write"
  | "duplicates:read"
  | "duplicates:write"
  | "merging:read"
  | "merging:write"
  | "mail:read"
  | "mail:write"
  | "imports:write"
  | "settings:read"
  | "settings:write"
  | "webhooks:read"
  | "webhooks:write"
  | "jobs:read"
  | "jobs:write"
  | "users:read"
  | "users:write"
  | "audit:read";

export const sessionQuery = queryOptions({
  queryKey: ["/api/session"],
  queryFn: async () => remembered(await get<Session>("/api/session")),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

/** Every session that arrives brings the token for the writes that follow. */
export function remembered(session: Session): Session {
  rememberToken(session.csrfToken);
  return session;
}

export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

export function useMay(): (permission: Permission) => boolean {
  const { permissions } = useSession();
  return (permission) => permissions.includes(permission) || permissions.includes("all");
}
