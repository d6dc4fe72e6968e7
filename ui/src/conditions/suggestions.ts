// Values that customers and activities really have, with how often: asked of the server while one types.
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { get } from "@/api/client";
import type { SuggestedValues } from "@/api/types";

const DEBOUNCE_MS = 200;
const STALE_AFTER_MS = 60_000;
const SUGGESTED_MAX = 12;

/** What values are looked for of. */
export type Source = { fact: "field"; name: string } | { fact: "attribute"; type: string; name: string };
export type Suggested = { value: string; words: string };

/** Nothing is asked before somebody wants to write; whoever may not know gets no suggestions. */
export function useSuggested(source: Source | undefined, text: string, entered: boolean): Suggested[] {
  const t = useTranslations("conditions.builder");
  const [q] = useDebouncedValue(text.trim(), DEBOUNCE_MS);
  const { data } = useQuery({
    queryKey: ["/api/conditions/values", source, q],
    queryFn: ({ signal }) =>
      get<SuggestedValues>("/api/conditions/values", { ...source, q, limit: SUGGESTED_MAX }, signal),
    enabled: source !== undefined && source.name !== "" && entered,
    placeholderData: keepPreviousData,
    staleTime: STALE_AFTER_MS,
    retry: false,
  });
  if (!data) return [];
  const { values, sampled, of } = data;
  return values.map(({ value, count }) => ({
    value,
    words: sampled ? t("timesAmong", { count, of }) : t("timesThere", { count }),
  }));
}
