// What conditions can speak of: fields, activity types with their attributes, segments; asked for once and kept for a while.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { get } from "@/api/client";
import type { Catalogue, CatalogueField } from "@/api/types";
import { readable } from "@/parts/readable";
import { useMay } from "@/shell/session";

const STALE_AFTER_MS = 60_000;

export const catalogueQuery = queryOptions({
  queryKey: ["/api/condition-catalogue"],
  queryFn: ({ signal }) => get<Catalogue>("/api/condition-catalogue", undefined, signal),
  staleTime: STALE_AFTER_MS,
});

export const emptyCatalogue: Catalogue = {
  fields: [],
  companyFields: [],
  activityTypes: [],
  segments: [],
  operators: {},
};

/** The catalogue with built-in fields called as the reader's language calls them; custom fields keep their labels. Empty for who may
 * not see segments. */
export function useCatalogue(): Catalogue {
  const t = useTranslations("conditions.fields");
  const may = useMay();
  const { data } = useQuery({ ...catalogueQuery, enabled: may("segments:read") });
  return useMemo(() => {
    if (!data) return emptyCatalogue;
    const labelled = (field: CatalogueField) =>
      t.has(field.name as never) ? t(field.name as never) : field.label || field.name;
    return {
      ...data,
      fields: data.fields.map((field) => ({ ...field, label: labelled(field) })),
      activityTypes: data.activityTypes.map((type) => ({ ...type, label: typeLabel(type) })),
    };
  }, [data, t]);
}

/** Types that registered themselves have their name as label; "page_view" then reads as "Page view". */
export function typeLabel({ name, label }: { name: string; label: string }): string {
  return label === "" || label === name ? readable(name) : label;
}
