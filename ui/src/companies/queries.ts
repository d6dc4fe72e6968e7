// Questions about companies.
import { queryOptions } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Company } from "@/api/types";

export const companiesPath = "/api/companies";

export function companyQuery(id: string | number) {
  return queryOptions({
    queryKey: [companiesPath, "one", String(id)],
    queryFn: ({ signal }) => get<Company>(`${companiesPath}/${id}`, undefined, signal),
  });
}
