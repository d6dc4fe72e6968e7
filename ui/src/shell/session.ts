// Who is signed in and what they may do.
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { get, rememberToken } from "@/api/client";
import type { Permission, Session } from "@/api/types";

export type { Permission };

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
