// By which ways one can sign in here.
import { queryOptions } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { SignInWays } from "@/api/types";

export const waysQuery = queryOptions({
  queryKey: ["/api/session/ways"],
  queryFn: ({ signal }) => get<SignInWays>("/api/session/ways", {}, signal),
});
