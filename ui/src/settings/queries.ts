// Questions about the settings of the instance.
import { queryOptions } from "@tanstack/react-query";
import { getVersioned } from "@/api/client";
import type { Settings } from "@/api/types";
import { settingsPath } from "./general-values";

export const settingsQuery = queryOptions({
  queryKey: [settingsPath],
  queryFn: ({ signal }) => getVersioned<Settings>(settingsPath, signal),
});
