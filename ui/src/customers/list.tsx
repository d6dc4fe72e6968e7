// All customers: searched, filtered, sorted, as many as one scrolls for.
import { Button, Group } from "@mantine/core";
import { IconPlus, IconSearchOff, IconTargetArrow, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Customer } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { ExportButton } from "@/exports/button";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { Page } from "@/parts/page";
import { Rows } from "@/parts/rows";
import type { CustomersSearch } from "@/searches";
import { useMay } from "@/shell/session";
import { useColumns, useListChoices } from "./columns";
import { FilterBar } from "./filter-bar";
import { customersPath, fieldsQuery, listQuery } from "./queries";
import { SearchStrip } from "./search-strip";
import { conditionOf, type GroupOf } from "./search-syntax";
import { type SearchText, textProblem, useSearchText } from "./search-text";

const route = getRouteApi("/inside/customers");
// What remains of the window below the head and the filter bar; the list scrolls inside of it.
const LIST_HEIGHT = "max(320px, calc(100vh - 218px))";
const LIST_HEIGHT_BELOW_STRIP = "max(320px, calc(100vh - 266px))";

export function CustomerList() {
  const t = useTranslations("customers");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const choices = useListChoices();
  const { data: fields = [] } = useQuery(fieldsQuery);
  const columns = useColumns(choices.chosen, fields);
  const text = useSearchText(search);
  // As long as the text is not understood, nobody is asked for: a list of others would pass for its answer.
  const isRead = !text.isCondition || text.condition !== undefined;
  const groupOf = useGroupOf();
  const isAsked = isRead && (search.mode !== "groups" || groupOf !== null);
  const question = listQuery(search, text, groupOf ?? String);
  const list = useCursorList<Customer>(customersPath, question, { enabled: isAsked });
  const change = (part: CustomersSearch) => navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const counted = list.total === null ? t("counting") : t("found", { count: list.total });
  const hint = text.error ? t("syntax.unread") : counted;
  return (
    <Page
      title={t("title")}
      hint={hint}
      actions={
        <>
          <ExportButton question={isAsked ? question : null} shown={columns.map(({ key }) => key)} />
          <Actions search={search} text={text} />
        </>
      }
    >
      <section className="card">
        <FilterBar search={search} text={text} change={change} choices={choices} fields={fields} />
        {text.isCondition && <SearchStrip search={search} text={text} change={change} />}
        {text.error ? (
          <Empty
            title={t("syntax.unread")}
            hint={textProblem(text.error) && t("syntax.unreadHint")}
            icon={IconSearchOff}
          />
        ) : (
          <Rows
            label={t("title")}
            list={list}
            columns={columns}
            keyOf={(customer) => customer.id}
            sort={search.sort ?? "-createdAt"}
            onSort={(sort) => change({ sort })}
            compact={choices.density === "compact"}
            height={text.isCondition ? LIST_HEIGHT_BELOW_STRIP : LIST_HEIGHT}
            empty={<NobodyHere search={search} />}
          />
        )}
      </section>
    </Page>
  );
}

/** Which group a segment is in, once that is known. */
function useGroupOf(): GroupOf | null {
  const { segments } = useCatalogue();
  if (segments.length === 0) return null;
  return (segment) => segments.find(({ id }) => id === segment)?.groupName ?? "";
}

function Actions({ search, text }: { search: CustomersSearch; text: SearchText }) {
  const t = useTranslations("customers");
  const may = useMay();
  const groupOf = useGroupOf();
  const isNarrowed = search.filter !== undefined || text.condition !== undefined || search.segments !== undefined;
  return (
    <>
      {isNarrowed && !text.error && groupOf !== null && may("segments:write") && (
        <LinkButton
          to="/segments/new"
          search={{ filter: conditionOf(search, text.condition, groupOf) }}
          variant="default"
          leftSection={<IconTargetArrow size={16} />}
        >
          {t("saveAsSegment")}
        </LinkButton>
      )}
      {may("customers:write") && (
        <LinkButton to="/customers/new" leftSection={<IconPlus size={16} />}>
          {t("new")}
        </LinkButton>
      )}
    </>
  );
}

function NobodyHere({ search }: { search: CustomersSearch }) {
  const t = useTranslations("customers");
  const navigate = route.useNavigate();
  const isFiltered = Boolean(search.q || search.filter || search.segments || search.active !== undefined);
  if (isFiltered) {
    return (
      <Empty title={t("nobodyFits")} hint={t("nobodyFitsHint")} icon={IconUsers}>
        <Button variant="default" onClick={() => navigate({ search: {} })}>
          {t("clearFilters")}
        </Button>
      </Empty>
    );
  }
  return (
    <Empty title={t("nobodyYet")} hint={t("nobodyYetHint")} icon={IconUsers}>
      <Group gap="xs">
        <LinkButton to="/import" variant="default">
          {t("importFile")}
        </LinkButton>
        <LinkButton to="/customers/new">{t("new")}</LinkButton>
      </Group>
    </Empty>
  );
}
