// Values that customers and activities really have, with how often: asked of the server while one types.
import { type ComboboxData, Group, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { get } from "@/api/client";
import type { SuggestedValues } from "@/api/types";

const DEBOUNCE_MS = 200;
const STALE_AFTER_MS = 60_000;
const SUGGESTED_MAX = 12;

/** What values are looked for of. */
export type Source = { fact: "field"; name: string } | { fact: "attribute"; type: string; name: string };

/** Nothing is asked before the list is opened; whoever may not know gets no suggestions. */
export function useSuggestions(source: Source | undefined, text: string, opened: boolean) {
  const t = useTranslations("conditions.builder");
  const format = useFormatter();
  const [q] = useDebouncedValue(text.trim(), DEBOUNCE_MS);
  const { data } = useQuery({
    queryKey: ["/api/conditions/values", source, q],
    queryFn: ({ signal }) =>
      get<SuggestedValues>("/api/conditions/values", { ...source, q, limit: SUGGESTED_MAX }, signal),
    enabled: source !== undefined && source.name !== "" && opened,
    placeholderData: keepPreviousData,
    staleTime: STALE_AFTER_MS,
    retry: false,
  });
  return useMemo(() => {
    const found = data?.values ?? [];
    const counts = new Map(found.map(({ value, count }) => [value, count]));
    const values = found.map(({ value }) => value);
    const group = t("among", { of: data?.of ?? 0 });
    const suggested: ComboboxData = data?.sampled && values.length > 0 ? [{ group, items: values }] : values;
    const renderOption = ({ option }: { option: { value: string } }) => (
      <Group justify="space-between" wrap="nowrap" gap="xs" flex={1}>
        <Text size="xs" truncate>
          {option.value}
        </Text>
        <Text
          size="xs"
          c="dimmed"
          className="figures"
          aria-label={t("timesThere", { count: counts.get(option.value) ?? 0 })}
        >
          {format.number(counts.get(option.value) ?? 0)}
        </Text>
      </Group>
    );
    return { data: suggested, renderOption };
  }, [data, t, format]);
}

/** The server has looked for the text already. */
export const allOf = <T,>({ options }: { options: T }): T => options;
