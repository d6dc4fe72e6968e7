// All webhooks by name, each with its switch and how it stands.
import { Text } from "@mantine/core";
import { IconPlus, IconWebhook } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Webhook } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useMay } from "@/shell/session";
import { HealthBadge, ProblemCell } from "./health";
import { BREAKERS_EVERY_MS, webhooksPath } from "./queries";
import { ActiveSwitch } from "./switch";

export function WebhookList() {
  const t = useTranslations("webhooks");
  const may = useMay();
  const list = useCursorList<Webhook>(webhooksPath, {}, { refetchEveryMs: BREAKERS_EVERY_MS });
  const columns: Column<Webhook>[] = [
    { key: "active", label: t("on"), width: 70, cell: (webhook) => <ActiveSwitch webhook={webhook} /> },
    { key: "name", label: t("name"), cell: (webhook) => <NameCell webhook={webhook} /> },
    { key: "url", label: t("url"), wideOnly: true, cell: ({ url }) => <Address url={url} /> },
    { key: "state", label: t("state"), width: 220, cell: (webhook) => <HealthBadge webhook={webhook} /> },
    { key: "problem", label: t("lastProblem"), wideOnly: true, cell: (webhook) => <ProblemCell webhook={webhook} /> },
  ];
  const create = may("webhooks:write") && (
    <LinkButton to="/webhooks/new" leftSection={<IconPlus size={16} />}>
      {t("new")}
    </LinkButton>
  );
  return (
    <Page title={t("title")} hint={t("hint")} actions={create}>
      <Card flush>
        <Rows
          label={t("title")}
          columns={columns}
          list={list}
          keyOf={({ id }) => id}
          empty={
            <Empty title={t("none")} hint={t("noneHint")} icon={IconWebhook}>
              {create}
            </Empty>
          }
        />
      </Card>
    </Page>
  );
}

function NameCell({ webhook: { id, name } }: { webhook: Webhook }) {
  return (
    <Link to="/webhooks/$id" params={{ id: String(id) }} search={{}} className="row-link">
      {name}
    </Link>
  );
}

function Address({ url }: { url: string }) {
  return (
    <Text size="sm" c="dimmed" truncate title={url}>
      {url}
    </Text>
  );
}
