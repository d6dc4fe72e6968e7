// Chooses one of many by typing a part of its name: the server searches, and what is chosen stays in sight.
import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { get } from "@/api/client";
import type { Page } from "@/api/types";

const DEBOUNCE_MS = 200;
const FOUND_MAX = 8;

export type Option = { value: string; label: string };
type Props<T> = {
  label: string;
  description?: ReactNode;
  /** Where the server searches. */
  path: string;
  optionOf: (item: T) => Option;
  value: number | null;
  onChange: (id: number | null) => void;
  placeholder: string;
  nothingFound: string;
  error?: string;
  /** What was chosen before, as soon as its name is known. */
  present?: Option;
  /** Allows to choose nothing again; what the button for it is called. */
  clear?: string;
  /** Chooses something at once, where anything is better than nothing. */
  startWithFirst?: boolean;
};

export function SearchChoice<T>(props: Props<T>) {
  const { path, optionOf, value, onChange, present, clear, startWithFirst = false, nothingFound, ...input } = props;
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<Option | undefined>();
  const shown = [chosen, present].find((option) => option?.value === String(value)) ?? chosen;
  // Once something is chosen the input shows the choice, which is no search.
  const [wanted] = useDebouncedValue(query === shown?.label ? "" : query.trim(), DEBOUNCE_MS);
  const { data } = useQuery({
    queryKey: [path, "choose", wanted],
    queryFn: ({ signal }) => get<Page<T>>(path, { q: wanted, limit: FOUND_MAX }, signal),
    placeholderData: keepPreviousData,
  });
  const found = (data?.items ?? []).map(optionOf);
  const options = shown && !found.some((option) => option.value === shown.value) ? [shown, ...found] : found;
  const choose = (next: string | null) => {
    const option = options.find((candidate) => candidate.value === next);
    setChosen(option);
    onChange(option ? Number(option.value) : null);
  };
  const first = found[0]?.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the arrival of the first one matters
  useEffect(() => {
    if (startWithFirst && value === null && first !== undefined) choose(first);
  }, [startWithFirst, value, first]);
  return (
    <Select
      {...input}
      searchable
      clearable={clear !== undefined}
      // As it comes, the button is for the mouse alone.
      clearButtonProps={{ "aria-label": clear, "aria-hidden": false, tabIndex: 0 }}
      value={value === null ? null : String(value)}
      onChange={choose}
      searchValue={query}
      onSearchChange={setQuery}
      allowDeselect={false}
      // The server has filtered already; filtering again by the label would drop those found by other fields.
      filter={({ options: all }) => all}
      nothingFoundMessage={nothingFound}
      data={options}
    />
  );
}
