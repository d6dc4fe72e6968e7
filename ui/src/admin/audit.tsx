// Who changed what: every change by a person or a key.
import { Anchor, Badge, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
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
  template: "/templates",
  webhook: "/webhooks",
  message: "/messages",
  link: "/links",
  field: "/fields",
  import: "/import",
};

const SHOWN_AT_FIRST = 4;

export function AuditLog() {
  const t = useTranslations("admin");
  const list = useCursorList<AuditEntry>("/api/audit");
  const columns: Column<AuditEntry>[] = [
    { key: "at", label: t("at"), width: 150, cell: (entry) => <When at={entry.at} /> },
    {
      key: "actor",
      label: t("actor"),
      width: 190,
      wideOnly: true,
      cell: (entry) => entry.actor.name || readable(entry.actor.kind),
    },
    {
      key: "action",
      label: t("action"),
      width: 120,
      cell: (entry) => <ActionBadge action={entry.action} />,
    },
    { key: "entity", label: t("entity"), width: 190, cell: (entry) => <Entity entry={entry} /> },
    {
      key: "changes",
      label: t("changes"),
      cell: (entry) => <Details of={entry.changes} shownAtFirst={SHOWN_AT_FIRST} />,
    },
  ];
  return (
    <Page title={t("audit")} hint={t("auditHint")}>
      <Card flush>
        <Rows
          label={t("audit")}
          wrapping
          columns={columns}
          list={list}
          keyOf={(entry) => entry.id}
          empty={<Empty title={t("noAudit")} hint={t("noAuditHint")} icon={IconHistory} />}
        />
      </Card>
    </Page>
  );
}

/** Words the app knows are said in the reader's language, others are made readable. */
function ActionBadge({ action }: { action: string }) {
  const t = useTranslations("admin.deeds");
  return <Badge color="gray">{t.has(action as never) ? t(action as never) : readable(action)}</Badge>;
}

function Entity({ entry }: { entry: AuditEntry }) {
  const t = useTranslations("admin.things");
  const kind = entry.entityType;
  const name =
    (t.has(kind as never) ? t(kind as never) : readable(kind)) + (entry.entityId === null ? "" : ` #${entry.entityId}`);
  const page = pages[entry.entityType];
  if (!page || entry.entityId === null || entry.action === "delete") {
    return (
      <Text size="sm" span>
        {name}
      </Text>
    );
  }
  return (
    <Anchor component={Link} to={`${page}/${entry.entityId}`} size="sm">
      {name}
    </Anchor>
  );
}
