// Who changed what: every change by a person or a key, of everything, of one kind of thing, or of one thing.
import { ActionIcon, Anchor, Button, Group, Select, Text } from "@mantine/core";
import { IconFilter, IconHistory, IconX } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { AuditEntry } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Details } from "@/parts/details";
import { Empty } from "@/parts/empty";
import { Card, Page } from "@/parts/page";
import { readable } from "@/parts/readable";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";

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

const things = [
  "activity",
  "activity_type",
  "admin_user",
  "api_key",
  "bulk_action",
  "company",
  "consent",
  "customer",
  "duplicate",
  "duplicates",
  "export",
  "field",
  "import",
  "job",
  "link",
  "merge_quarantine",
  "message",
  "rule",
  "rule_plan",
  "saved_view",
  "segment",
  "segment_builder",
  "segment_group",
  "settings",
  "subscription",
  "suppression",
  "template",
  "webhook",
  "webhook_delivery",
] as const;

const route = getRouteApi("/inside/audit");
const SHOWN_AT_FIRST = 4;

export function AuditLog() {
  const t = useTranslations("admin");
  const { entityType, entityId } = route.useSearch();
  const list = useCursorList<AuditEntry>("/api/audit", { entityType, entityId });
  const nameOf = useMemberName();
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
      cell: (entry) => <Details of={telling(entry.changes)} shownAtFirst={SHOWN_AT_FIRST} nameOf={nameOf} />,
    },
  ];
  return (
    <Page title={t("audit")} hint={t("auditHint")}>
      <Card flush>
        <Filters />
        <Rows
          label={t("audit")}
          wrapping
          columns={columns}
          list={list}
          keyOf={(entry) => entry.id}
          empty={
            entityType ? (
              <Empty title={t("nothingOfThis")} hint={t("nothingOfThisHint")} icon={IconHistory} />
            ) : (
              <Empty title={t("noAudit")} hint={t("noAuditHint")} icon={IconHistory} />
            )
          }
        />
      </Card>
    </Page>
  );
}

/** Of what changes are listed. */
function Filters() {
  const t = useTranslations("admin");
  const { entityType, entityId } = route.useSearch();
  const navigate = route.useNavigate();
  const wordOf = useThing();
  const known = things.map((value) => ({ value, label: wordOf(value) })).sort((a, b) => a.label.localeCompare(b.label));
  const isForeign = entityType !== undefined && !things.some((value) => value === entityType);
  return (
    <Group gap="xs" p="sm">
      <Select
        w={240}
        searchable
        aria-label={t("entity")}
        allowDeselect={false}
        value={entityType ?? "all"}
        onChange={(value) =>
          navigate({ search: { entityType: value === "all" ? undefined : (value ?? undefined) }, replace: true })
        }
        data={[
          { value: "all", label: t("everything") },
          ...known,
          ...(isForeign ? [{ value: entityType, label: wordOf(entityType) }] : []),
        ]}
      />
      {entityType && entityId !== undefined && (
        <Button
          variant="light"
          rightSection={<IconX size={14} />}
          aria-label={`#${entityId}: ${t("showAllOf", { thing: wordOf(entityType) })}`}
          onClick={() => navigate({ search: { entityType }, replace: true })}
        >
          #{entityId}
        </Button>
      )}
    </Group>
  );
}

/** People and keys by their names, everybody else in the reader's language. */
function Who({ actor }: { actor: AuditEntry["actor"] }) {
  const t = useTranslations("audit.actors");
  return t.has(actor.kind as never) ? t(actor.kind as never) : actor.name;
}

/** Words the app knows are said in the reader's language, others are made readable. */
function Deed({ action }: { action: string }) {
  const t = useTranslations("admin.deeds");
  return t.has(action as never) ? t(action as never) : readable(action);
}

function Entity({ entry }: { entry: AuditEntry }) {
  const t = useTranslations("admin");
  const wordOf = useThing();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { entityType, entityId, action } = entry;
  const name = wordOf(entityType) + (entityId === null ? "" : ` #${entityId}`);
  const page = pages[entityType];
  const isOnly = search.entityType === entityType && search.entityId === entityId;
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
      {entityId !== null && !isOnly && (
        <ActionIcon
          onClick={() => navigate({ search: { entityType, entityId } })}
          size={24}
          variant="subtle"
          color="gray"
          aria-label={t("onlyThis", { name })}
          title={t("onlyThis", { name })}
        >
          <IconFilter size={14} color="var(--mantine-color-dimmed)" />
        </ActionIcon>
      )}
    </Group>
  );
}

/** Kinds of things in the reader's language; those this app does not know yet are made readable. */
function useThing(): (kind: string) => string {
  const t = useTranslations("admin.things");
  return (kind) => (t.has(kind as never) ? t(kind as never) : readable(kind));
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
