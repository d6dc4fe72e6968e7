// All customers: searched, filtered, sorted, as many as one scrolls for.
import { Button, Group } from "@mantine/core";
import { IconLayoutOff, IconPlus, IconSearchOff, IconTargetArrow, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { ApiError } from "@/api/problem";
import type { Customer } from "@/api/types";
import { BAR_PX, BulkBar, useMayBulk } from "@/bulk/bar";
import { useChooseColumn } from "@/bulk/choose";
import { countOf } from "@/bulk/selection";
import { useSelection } from "@/bulk/use-selection";
import { useCatalogue } from "@/conditions/catalogue";
import { ExportButton } from "@/exports/button";
import { type CursorList, useCursorList, whole } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Failure } from "@/parts/failure";
import { LinkButton } from "@/parts/link-button";
import { Page } from "@/parts/page";
import { Rows } from "@/parts/rows";
import { useMay } from "@/shell/session";
import { ViewsBar } from "@/views/bar";
import { defaultSort, type Look, unnarrowed, withWidth } from "@/views/look";
import { type Looking, useLook } from "@/views/use-look";
import { shownColumns, useAllColumns, withName } from "./columns";
import { FilterBar } from "./filter-bar";
import { customersPath, fieldsQuery, listQuery } from "./queries";
import { SearchStrip } from "./search-strip";
import { conditionOf, type GroupOf } from "./search-syntax";
import { type SearchText, textProblem, useSearchText } from "./search-text";

// What remains of the window below the head and the filter bar; the list scrolls inside of it.
const ABOVE_LIST_PX = 218;
const STRIP_PX = 48;
/** Until it is known how to look. */
const loading: CursorList<Customer> = { ...whole([]), total: null, isLoading: true };

export function CustomerList() {
  const t = useTranslations("customers");
  const looking = useLook();
  const { look, change, view } = looking;
  const { data: fields = [] } = useQuery(fieldsQuery);
  const columns = useAllColumns(fields);
  const text = useSearchText(look);
  // As long as the text is not understood, nobody is asked for: a list of others would pass for its answer.
  const isRead = !text.isCondition || text.condition !== undefined;
  const groupOf = useGroupOf();
  const isAsked = looking.isReady && isRead && (look.mode !== "groups" || groupOf !== null);
  const question = listQuery(look, text, groupOf ?? String);
  const list = useCursorList<Customer>(customersPath, question, { enabled: isAsked });
  const counted = list.total === null ? t("counting") : t("found", { count: list.total });
  const shown = shownColumns(columns, look.columns);
  const selecting = useSelection(question);
  const may = useMay();
  const mayBulk = useMayBulk();
  const choose = useChooseColumn(selecting, list);
  const matching = list.isOutdated ? null : list.total;
  const isBarOpen = mayBulk && isRead && countOf(selecting.selection, matching) !== 0;
  const around = ABOVE_LIST_PX + (text.isCondition ? STRIP_PX : 0) + (isBarOpen ? BAR_PX : 0);
  if (looking.error) return <ViewGone looking={looking} />;
  return (
    <Page
      title={t("title")}
      name={view ? `${view.name} · ${t("title")}` : undefined}
      hint={text.error ? t("syntax.unread") : counted}
      beside={<ViewsBar looking={looking} />}
      actions={
        <>
          {may("exports:write") && (
            <ExportButton question={isAsked ? question : null} shown={shown.map(({ key }) => key)} />
          )}
          <Actions look={look} text={text} />
        </>
      }
    >
      <section className="card">
        <FilterBar look={look} text={text} change={change} columns={columns} />
        {text.isCondition && <SearchStrip search={look} text={text} change={change} />}
        {text.error ? (
          <Empty
            title={t("syntax.unread")}
            hint={textProblem(text.error) && t("syntax.unreadHint")}
            icon={IconSearchOff}
          />
        ) : (
          <Rows
            label={t("title")}
            list={looking.isReady ? list : loading}
            columns={mayBulk ? [choose, ...shown] : shown}
            keyOf={(customer) => customer.id}
            sort={look.sort ?? defaultSort}
            onSort={(sort) => change({ sort })}
            compact={look.density === "compact"}
            height={`max(320px, calc(100vh - ${around}px))`}
            onResize={(column, width) => change({ columns: withWidth(withName(look.columns), column, width) })}
            empty={<NobodyHere look={look} change={change} />}
          />
        )}
        {isBarOpen && <BulkBar selecting={selecting} total={matching} />}
      </section>
    </Page>
  );
}

/** The view of the address is gone, or was never the reader's to see. */
function ViewGone({ looking }: { looking: Looking }) {
  const t = useTranslations("views");
  const customers = useTranslations("customers");
  const isGone = looking.error instanceof ApiError && looking.error.status === 404;
  return (
    <Page title={customers("title")} beside={<ViewsBar looking={looking} />}>
      <section className="card">
        {isGone ? (
          <Empty title={t("gone")} hint={t("goneHint")} icon={IconLayoutOff}>
            <Button variant="default" onClick={() => looking.open(undefined)}>
              {t("none")}
            </Button>
          </Empty>
        ) : (
          <Failure error={looking.error} />
        )}
      </section>
    </Page>
  );
}

/** Which group a segment is in, once that is known. */
function useGroupOf(): GroupOf | null {
  const { segments } = useCatalogue();
  if (segments.length === 0) return null;
  return (segment) => String(segments.find(({ id }) => id === segment)?.groupId);
}

function Actions({ look, text }: { look: Look; text: SearchText }) {
  const t = useTranslations("customers");
  const may = useMay();
  const groupOf = useGroupOf();
  const isNarrowed = look.filter !== undefined || text.condition !== undefined || look.segments !== undefined;
  return (
    <>
      {isNarrowed && !text.error && groupOf !== null && may("segments:write") && (
        <LinkButton
          to="/segments/new"
          search={{ filter: conditionOf(look, text.condition, groupOf) }}
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

function NobodyHere({ look, change }: Pick<Looking, "look" | "change">) {
  const t = useTranslations("customers");
  const may = useMay();
  const isFiltered = Boolean(look.q || look.filter || look.segments || look.active !== undefined);
  if (isFiltered) {
    return (
      <Empty title={t("nobodyFits")} hint={t("nobodyFitsHint")} icon={IconUsers}>
        <Button variant="default" onClick={() => change(unnarrowed)}>
          {t("clearFilters")}
        </Button>
      </Empty>
    );
  }
  return (
    <Empty title={t("nobodyYet")} hint={t("nobodyYetHint")} icon={IconUsers}>
      <Group gap="xs">
        {may("imports:write") && (
          <LinkButton to="/import" variant="default">
            {t("importFile")}
          </LinkButton>
        )}
        {may("customers:write") && <LinkButton to="/customers/new">{t("new")}</LinkButton>}
      </Group>
    </Empty>
  );
}
