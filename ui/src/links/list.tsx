// All link definitions, by name.
import { Badge, Code, Text } from "@mantine/core";
import { IconLink, IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { LinkDefinition } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useMay } from "@/shell/session";
import { linksPath } from "./queries";

export function LinkList() {
  const t = useTranslations("links");
  const may = useMay();
  const list = useCursorList<LinkDefinition>(linksPath);
  const columns: Column<LinkDefinition>[] = [
    {
      key: "name",
      label: t("name"),
      width: "26%",
      cell: ({ id, name }) => (
        <div className="squeezed">
          <Link to="/links/$id" params={{ id: String(id) }} className="row-link">
            {name}
          </Link>
        </div>
      ),
    },
    {
      key: "target",
      label: t("target"),
      width: "40%",
      wideOnly: true,
      cell: ({ target }) => (
        <Text className="squeezed" size="sm" c="dimmed">
          {target}
        </Text>
      ),
    },
    {
      key: "activityType",
      label: t("activityType"),
      width: "20%",
      cell: ({ activityType }) => (
        <div className="squeezed">
          <Code>{activityType}</Code>
        </div>
      ),
    },
    {
      key: "state",
      label: t("state"),
      width: 150,
      cell: ({ active }) => <Badge color={active ? "pine" : "gray"}>{t(active ? "on" : "off")}</Badge>,
    },
  ];
  const create = may("mail:write") && (
    <LinkButton to="/links/new" leftSection={<IconPlus size={16} />}>
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
            <Empty title={t("none")} hint={t("noneHint")} icon={IconLink}>
              {create}
            </Empty>
          }
        />
      </Card>
    </Page>
  );
}
