// All companies, by name.
import { Box, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconBuilding, IconPlus, IconSearch } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import type { Company } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { companiesPath } from "./queries";

const route = getRouteApi("/inside/companies");
const DEBOUNCE_MS = 250;

export function CompanyList() {
  const t = useTranslations("companies");
  const may = useMay();
  const { q } = route.useSearch();
  const list = useCursorList<Company>(companiesPath, { q, count: true });
  const columns: Column<Company>[] = [
    {
      key: "name",
      label: t("name"),
      cell: ({ id, name }) => (
        <Link to="/companies/$id" params={{ id: String(id) }} className="row-link">
          {name}
        </Link>
      ),
    },
    { key: "vatId", label: t("vatId"), cell: ({ vatId }) => vatId ?? "–" },
    {
      key: "changed",
      label: t("changed"),
      width: 160,
      wideOnly: true,
      cell: ({ updatedAt }) => <When at={updatedAt} />,
    },
  ];
  const create = may("customers:write") && (
    <LinkButton to="/companies/new" leftSection={<IconPlus size={16} />}>
      {t("new")}
    </LinkButton>
  );
  return (
    <Page
      title={t("title")}
      hint={list.total === null ? t("hint") : t("found", { count: list.total })}
      actions={create}
    >
      <Card flush>
        <SearchBox q={q ?? ""} />
        <Rows
          label={t("title")}
          columns={columns}
          list={list}
          keyOf={({ id }) => id}
          empty={
            q ? (
              <Empty title={t("nothingFits")} icon={IconSearch} />
            ) : (
              <Empty title={t("none")} hint={t("noneHint")} icon={IconBuilding}>
                {create}
              </Empty>
            )
          }
        />
      </Card>
    </Page>
  );
}

function SearchBox({ q }: { q: string }) {
  const t = useTranslations("companies");
  const navigate = route.useNavigate();
  const [text, setText] = useState(q);
  const search = useDebouncedCallback(
    (wanted: string) => navigate({ search: { q: wanted.trim() || undefined }, replace: true }),
    DEBOUNCE_MS,
  );
  useEffect(() => setText(q), [q]);
  return (
    <Box p="sm">
      <TextInput
        w={{ base: "100%", sm: 300 }}
        type="search"
        aria-label={t("search")}
        placeholder={t("search")}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          search(currentTarget.value);
        }}
      />
    </Box>
  );
}
