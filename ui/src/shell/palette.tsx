// The command palette (Ctrl or Cmd and K): finds customers, companies, segments, rules, saved views, pages and things to do.

import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight } from "@mantine/spotlight";
import {
  IconBolt,
  IconBuilding,
  IconLayoutColumns,
  IconPlus,
  IconSearch,
  IconTargetArrow,
  IconUser,
  IconUserCircle,
  IconUserShield,
} from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { useRoleName } from "@/admin/role-queries";
import { get } from "@/api/client";
import type { Company, Customer, Page, Role, Rule, SavedView, Segment } from "@/api/types";
import { customerName } from "@/customers/name";
import { viewsQuery } from "@/views/queries";
import { navigation } from "./navigation";
import { LIST_ID, paletteStore, usePaletteChoice } from "./palette-choice";
import { type Answer, answerOf, contains, FOUND_MAX, fitting, named } from "./palette-found";
import { type Permission, useMay } from "./session";

const DEBOUNCE_MS = 150;
const ALL_MAX = 500;
const QUERY_MIN = 2;

type Entry = { key: string; label: string; hint?: string; icon: ReactNode; to: string; search?: { view: number } };

export function Palette() {
  const t = useTranslations("shell");
  const [query, setQuery] = useState("");
  const navigate = useNavigate();
  const { isSearching, ...found } = useFound(query.trim());
  const pages = usePages(query.trim());
  const sections: { title: string; entries: Entry[] }[] = [
    { title: t("pages.customers"), entries: found.customers },
    { title: t("pages.companies"), entries: found.companies },
    { title: t("pages.segments"), entries: found.segments },
    { title: t("pages.rules"), entries: found.rules },
    { title: t("paletteViews"), entries: found.views },
    { title: t("pages.roles"), entries: found.roles },
    { title: t("paletteActions"), entries: pages.actions },
    { title: t("palettePages"), entries: pages.destinations },
  ].filter(({ entries }) => entries.length > 0);
  const keys = sections.flatMap(({ entries }) => entries.map(({ key }) => key));
  const { onKeyDown, startAnew } = usePaletteChoice(keys, isSearching);
  const onQueryChange = (typed: string) => {
    startAnew();
    setQuery(typed);
  };
  return (
    <Spotlight.Root
      store={paletteStore}
      query={query}
      onQueryChange={onQueryChange}
      shortcut={null}
      scrollable
      maxHeight={460}
    >
      <Spotlight.Search
        onKeyDown={onKeyDown}
        placeholder={t("paletteHint")}
        aria-label={t("paletteHint")}
        leftSection={<IconSearch size={18} aria-hidden />}
      />
      <Spotlight.ActionsList id={LIST_ID}>
        {sections.map(({ title, entries }) => (
          <Spotlight.ActionsGroup key={title} label={title}>
            {entries.map((entry) => (
              <Spotlight.Action
                key={entry.key}
                label={entry.label}
                description={entry.hint}
                leftSection={entry.icon}
                onClick={() => navigate({ to: entry.to, search: entry.search ?? {} })}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {sections.length === 0 && (
          <Spotlight.Empty>{isSearching ? t("paletteSearching") : t("paletteEmpty")}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

type Found = Record<"customers" | "companies" | "segments" | "rules" | "views" | "roles", Entry[]> & {
  /** Whether more may arrive. */
  isSearching: boolean;
};

function useFound(query: string): Found {
  const [wanted] = useDebouncedValue(query, DEBOUNCE_MS);
  const isTyping = query !== wanted;
  const customers = useSearched<Customer>("/api/customers", wanted);
  const companies = useSearched<Company>("/api/companies", wanted);
  const segments = useAll<Segment>("/api/segments", query, "segments:read");
  const rules = useAll<Rule>("/api/rules", query, "rules:read");
  const views = useViews(query);
  const roles = useAll<Role>("/api/roles", query, "users:read");
  const nameOf = useRoleName();
  const current = <T,>({ items, isAwaited }: Answer<T>, entryOf: (item: T) => Entry) =>
    isTyping || isAwaited ? fitting(items.map(entryOf), query) : items.map(entryOf);
  return {
    isSearching: isTyping || [customers, companies, segments, rules, views, roles].some(({ isAwaited }) => isAwaited),
    customers: current(customers, (customer) => ({
      key: `customer-${customer.id}`,
      label: customerName(customer),
      hint: customer.email ?? undefined,
      icon: <IconUser size={18} aria-hidden />,
      to: `/customers/${customer.id}`,
    })),
    companies: current(companies, (company) => ({
      key: `company-${company.id}`,
      label: company.name,
      hint: company.vatId ?? undefined,
      icon: <IconBuilding size={18} aria-hidden />,
      to: `/companies/${company.id}`,
    })),
    segments: named(segments.items, query).map((segment) => ({
      key: `segment-${segment.id}`,
      label: segment.name,
      icon: <IconTargetArrow size={18} aria-hidden />,
      to: `/segments/${segment.id}`,
    })),
    rules: named(rules.items, query).map((rule) => ({
      key: `rule-${rule.id}`,
      label: rule.name,
      icon: <IconBolt size={18} aria-hidden />,
      to: `/rules/${rule.id}`,
    })),
    views: named(views.items, query).map(({ id, name, description }) => ({
      key: `view-${id}`,
      label: name,
      hint: description ?? undefined,
      icon: <IconLayoutColumns size={18} aria-hidden />,
      to: "/customers",
      search: { view: id },
    })),
    roles: named(
      roles.items.map(({ key, name }) => ({ key, name: nameOf(key, name) })),
      query,
    ).map(({ key, name }) => ({
      key: `role-${key}`,
      label: name,
      icon: <IconUserShield size={18} aria-hidden />,
      to: `/roles/${key}`,
    })),
  };
}

/** Customers and companies are many; the server searches. */
function useSearched<T>(path: string, wanted: string): Answer<T> {
  const may = useMay();
  const isWanted = wanted.length >= QUERY_MIN && may("customers:read");
  const asked = useQuery({
    queryKey: [path, "palette", wanted],
    queryFn: ({ signal }) => get<Page<T>>(path, { q: wanted, limit: FOUND_MAX }, signal),
    enabled: isWanted,
    placeholderData: keepPreviousData,
  });
  return answerOf(isWanted, { ...asked, data: asked.data?.items });
}

/** Segments and rules are few; all are fetched once and searched here. */
function useAll<T>(path: string, query: string, permission: Permission): Answer<T> {
  const may = useMay();
  const isWanted = query.length >= QUERY_MIN && may(permission);
  const asked = useQuery({
    queryKey: [path, "palette"],
    queryFn: ({ signal }) => get<Page<T>>(path, { limit: ALL_MAX }, signal),
    enabled: isWanted,
  });
  return answerOf(isWanted, { ...asked, data: asked.data?.items });
}

/** Those that the views of the list offer too. */
function useViews(query: string): Answer<SavedView> {
  const may = useMay();
  const isWanted = query.length >= QUERY_MIN && may("customers:read");
  return answerOf(isWanted, useQuery({ ...viewsQuery, enabled: isWanted }));
}

function usePages(query: string): { destinations: Entry[]; actions: Entry[] } {
  const t = useTranslations("shell");
  const may = useMay();
  const fits = ({ label }: Entry) => contains(label, query);
  const destinations = navigation
    .flatMap((group) => group.destinations)
    .filter((destination) => may(destination.permission))
    .map(({ to, word, icon: Picture }) => ({
      key: to,
      label: t(`pages.${word}`),
      icon: <Picture size={18} aria-hidden />,
      to,
    }));
  const account = {
    key: "/account",
    label: t("account"),
    icon: <IconUserCircle size={18} aria-hidden />,
    to: "/account",
  };
  const plus = <IconPlus size={18} aria-hidden />;
  const creations = [
    { to: "/customers/new", word: "newCustomer", permission: "customers:write" },
    { to: "/companies/new", word: "newCompany", permission: "customers:write" },
    { to: "/segments/new", word: "newSegment", permission: "segments:write" },
    { to: "/rules/new", word: "newRule", permission: "rules:write" },
    { to: "/templates/new", word: "newTemplate", permission: "mail:write" },
    { to: "/links/new", word: "newLink", permission: "mail:write" },
    { to: "/fields/new", word: "newField", permission: "settings:write" },
    { to: "/roles/new", word: "newRole", permission: "users:write" },
    { to: "/webhooks/new", word: "newWebhook", permission: "webhooks:write" },
  ] as const;
  const actions = creations
    .filter(({ permission }) => may(permission))
    .map(({ to, word }) => ({ key: to, label: t(`actions.${word}`), icon: plus, to }));
  return { destinations: [...destinations, account].filter(fits), actions: actions.filter(fits) };
}
