// Who changed what: every change by a person or a key, narrowed by who did what to which thing and when.
import { ActionIcon, Anchor, Button, Group, Loader, Text } from "@mantine/core";
import { IconFilter, IconHistory } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useFormatter, useTranslations } from "use-intl";
import type { AuditEntry } from "@/api/types";
import { useActorName } from "@/parts/actor";
import { useCursorList } from "@/parts/cursor-list";
import { Details } from "@/parts/details";
import { Empty } from "@/parts/empty";
import { Card, Page } from "@/parts/page";
import type { Pair } from "@/parts/pairs";
import { readable } from "@/parts/readable";
import { type Column, Rows } from "@/parts/rows";
import { useUntilFull } from "@/parts/until-full";
import { When } from "@/parts/when";
import type { AuditSearch } from "@/searches";
import { AuditFilters, askedOf, useThing } from "./audit-filters";
import { useRoleName } from "./role-queries";

/** Where the pages of these things are. */
const pages: Record<string, string> = {
  customer: "/customers",
  consent: "/customers",
  subscription: "/customers",
  company: "/companies",
  segment: "/segments",
  rule: "/rules",
  segment_builder: "/builders",
  template: "/templates",
  webhook: "/webhooks",
  message: "/messages",
  link: "/links",
  duplicate: "/duplicates",
  field: "/fields",
  import: "/import",
  bulk_action: "/bulk",
};

const route = getRouteApi("/inside/audit");
const SHOWN_AT_FIRST = 4;

export function AuditLog() {
  const t = useTranslations("admin");
  const search = route.useSearch();
  const list = useCursorList<AuditEntry>("/api/audit", askedOf(search));
  const { lookedBackTo } = list;
  const { isLooking, loadMore } = useUntilFull(list, list.items.length, lookedBackTo !== null, JSON.stringify(search));
  const navigate = route.useNavigate();
  const nameOf = useMemberName();
  const wordOf = useValueName();
  const format = useFormatter();
  const columns: Column<AuditEntry>[] = [
    { key: "at", label: t("at"), width: 140, cell: (entry) => <When at={entry.at} /> },
    {
      key: "actor",
      label: t("actor"),
      width: 140,
      wideOnly: true,
      cell: (entry) => <Who actor={entry.actor} />,
    },
    {
      key: "action",
      label: t("action"),
      width: 150,
      cell: (entry) => <Deed action={entry.action} />,
    },
    { key: "entity", label: t("entity"), width: 210, cell: (entry) => <Entity entry={entry} /> },
    {
      key: "changes",
      label: t("changes"),
      cell: (entry) => (
        <Details of={telling(entry.changes)} shownAtFirst={SHOWN_AT_FIRST} nameOf={nameOf} wordOf={wordOf} />
      ),
    },
  ];
  return (
    <Page title={t("audit")} hint={t("auditHint")}>
      <Card flush>
        <AuditFilters entries={list.items} />
        <Group px="sm" pb={lookedBackTo ? "sm" : 0} gap="xs" role="status">
          {lookedBackTo && (
            <>
              {isLooking && <Loader size={14} aria-hidden />}
              <Text size="sm" c="dimmed">
                {t("lookedBackTo", { day: format.dateTime(new Date(lookedBackTo), { dateStyle: "long" }) })}
              </Text>
            </>
          )}
        </Group>
        <Rows
          label={t("audit")}
          wrapping
          columns={columns}
          list={{ ...list, loadMore }}
          keyOf={(entry) => entry.id}
          empty={
            lookedBackTo !== null ? null : Object.values(search).some((value) => value !== undefined) ? (
              <Empty title={t("nothingOfThis")} hint={t("nothingOfThisHint")} icon={IconHistory}>
                <Button variant="default" onClick={() => navigate({ search: {} })}>
                  {t("showEverything")}
                </Button>
              </Empty>
            ) : (
              <Empty title={t("noAudit")} hint={t("noAuditHint")} icon={IconHistory} />
            )
          }
        />
      </Card>
    </Page>
  );
}

function Who({ actor }: { actor: AuditEntry["actor"] }) {
  const name = useActorName()(actor);
  return (
    <Group gap={4} wrap="nowrap">
      {name}
      <Only part={{ actor: actor.id === null ? actor.kind : `${actor.kind}:${actor.id}` }} name={name} />
    </Group>
  );
}

/** Narrows the list to what stands beside it, unless it is already. */
function Only({ part, name }: { part: AuditSearch; name: string }) {
  const t = useTranslations("admin");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  if (Object.entries(part).every(([key, value]) => search[key as keyof AuditSearch] === value)) return null;
  return (
    <ActionIcon
      onClick={() => navigate({ search: { ...search, ...part } })}
      size={24}
      variant="subtle"
      color="gray"
      aria-label={t("onlyThis", { name })}
      title={t("onlyThis", { name })}
    >
      <IconFilter size={14} color="var(--mantine-color-dimmed)" />
    </ActionIcon>
  );
}

/** Words the app knows are said in the reader's language, others are made readable. */
function Deed({ action }: { action: string }) {
  const t = useTranslations("admin.deeds");
  return t.has(action as never) ? t(action as never) : readable(action);
}

function Entity({ entry }: { entry: AuditEntry }) {
  const wordOf = useThing();
  const { entityType, entityId, action } = entry;
  const name = wordOf(entityType) + (entityId === null ? "" : ` #${entityId}`);
  const page = pages[entityType];
  return (
    <Group gap={4} wrap="nowrap">
      {!page || entityId === null || action === "delete" ? (
        <Text size="sm" span>
          {name}
        </Text>
      ) : (
        <Anchor component={Link} to={`${page}/${entityId}`} size="sm">
          {name}
        </Anchor>
      )}
      {entityId !== null && <Only part={{ entityType, entityId }} name={name} />}
    </Group>
  );
}

/** What was changed, without what tells nothing: numbers and times that stand in the row already, and what a job is at. */
function telling(changes: AuditEntry["changes"]) {
  const silent = ["id", "version", "createdAt", "updatedAt", "building", "rebuildJobId"];
  if (typeof changes !== "object" || changes === null || Array.isArray(changes)) return changes;
  return Object.fromEntries(Object.entries(changes).filter(([name]) => !silent.includes(name)));
}

/** Members are called as elsewhere in the app; those it does not know are made readable. */
function useMemberName(): (name: string) => string {
  const t = useTranslations("audit.members");
  const fields = useTranslations("conditions.fields");
  const nameOf = (step: string) => {
    if (t.has(step as never)) return t(step as never);
    return fields.has(step as never) ? fields(step as never) : readable(step);
  };
  return (name) => name.split(".").filter(Boolean).map(nameOf).join(" · ");
}

/** Roles and ways of signing in are called as elsewhere in the app. */
function useValueName(): (pair: Pair) => string | undefined {
  const roleName = useRoleName();
  const ways = useTranslations("audit.ways");
  return ({ name, value }) => {
    if (typeof value !== "string") return undefined;
    if (name === "role") return roleName(value, value);
    return name === "cameBy" && ways.has(value as never) ? ways(value as never) : undefined;
  };
}
