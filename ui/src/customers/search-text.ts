// What the text in the search box means: words to look for, a condition, or a text that cannot be read.
import { useQuery } from "@tanstack/react-query";
import { post } from "@/api/client";
import { ApiError } from "@/api/problem";
import type { Condition, Problem } from "@/api/types";
import type { CustomersSearch } from "@/searches";
import { useMay } from "@/shell/session";
import { usesSyntax } from "./search-syntax";

export type SearchText = {
  /** Whether the text is read as a condition. */
  isCondition: boolean;
  condition: Condition | undefined;
  error: unknown;
};

/** Conditions are read by whoever may read segments; for everybody else each text is words. */
export function useSearchText({ q, fields }: CustomersSearch): SearchText {
  const may = useMay();
  const isCondition = q !== undefined && may("segments:read") && usesSyntax(q);
  const { data, error } = useQuery({
    queryKey: ["/api/conditions/search", q, fields],
    queryFn: ({ signal }) => post<{ condition: Condition }>("/api/conditions/search", { text: q, fields }, { signal }),
    enabled: isCondition,
    retry: (failures, cause) => failures < 2 && !(cause instanceof ApiError && cause.status === 422),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { isCondition, condition: isCondition ? data?.condition : undefined, error: isCondition ? error : null };
}

/** What is wrong with the text itself; nothing if the question failed for another reason. */
export function textProblem(error: unknown): Problem | undefined {
  return error instanceof ApiError ? error.problems.find(({ path }) => path === "/text") : undefined;
}
