// Chooses one customer by typing a part of the name or mail address.
import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { get } from "@/api/client";
import type { Customer, Page } from "@/api/types";
import { customerName } from "./name";
import { customersPath } from "./queries";

const DEBOUNCE_MS = 200;
const FOUND_MAX = 8;

type Props = {
  label: string;
  value: number | null;
  onChange: (customer: number | null) => void;
  /** Chooses somebody at once, where anybody is better than nobody. */
  startWithFirst?: boolean;
};

export function CustomerChoice({ label, value, onChange, startWithFirst = false }: Props) {
  const t = useTranslations("customers");
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<Option | null>(null);
  // Once somebody is chosen the input shows the choice, which is no search.
  const [wanted] = useDebouncedValue(query === chosen?.label ? "" : query.trim(), DEBOUNCE_MS);
  const { data } = useQuery({
    queryKey: [customersPath, "choose", wanted],
    queryFn: ({ signal }) => get<Page<Customer>>(customersPath, { q: wanted, limit: FOUND_MAX }, signal),
    placeholderData: keepPreviousData,
  });
  const found = (data?.items ?? []).map(optionOf);
  const options = chosen && !found.some((option) => option.value === chosen.value) ? [chosen, ...found] : found;
  const choose = (next: string | null) => {
    const option = options.find((candidate) => candidate.value === next);
    if (!option) return;
    setChosen(option);
    onChange(Number(option.value));
  };
  const first = found[0]?.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the arrival of the first customer matters
  useEffect(() => {
    if (startWithFirst && value === null && first !== undefined) choose(first);
  }, [startWithFirst, value, first]);
  return (
    <Select
      searchable
      label={label}
      placeholder={t("searchHint")}
      value={value === null ? null : String(value)}
      onChange={choose}
      searchValue={query}
      onSearchChange={setQuery}
      allowDeselect={false}
      // The server has filtered already; filtering again by the label would drop those found by other fields.
      filter={({ options: all }) => all}
      nothingFoundMessage={t("nobodyFits")}
      data={options}
    />
  );
}

type Option = { value: string; label: string };

function optionOf(customer: Customer): Option {
  const label = [customerName(customer), customer.email].filter(Boolean).join(" · ");
  return { value: String(customer.id), label };
}
