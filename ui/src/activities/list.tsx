// All activity types with how often they happened.
import { Badge, Group, Text } from "@mantine/core";
import { IconPlus, IconTags } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { ActivityType } from "@/api/types";
import { typeLabel } from "@/conditions/catalogue";
import { Count } from "@/parts/count";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useMay } from "@/shell/session";

export const typesPath = "/api/activity-types";
const ATTRIBUTES_SHOWN = 5;

export function ActivityTypeList() {
  const t = useTranslations("activities");
  const may = useMay();
  const list = useCursorList<ActivityType>(typesPath);
  const columns: Column<ActivityType>[] = [
    { key: "label", label: t("type"), cell: (type) => <TypeCell type={type} /> },
    { key: "attributes", label: t("attributes"), cell: (type) => <AttributesCell type={type} /> },
    { key: "count", label: t("count"), width: 140, end: true, cell: (type) => <Count of={type.count} /> },
  ];
  const create = may("settings:write") && (
    <LinkButton to="/activity-types/new" leftSection={<IconPlus size={16} />}>
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
          keyOf={(type) => type.name}
          empty={
            <Empty title={t("none")} hint={t("noneHint")} icon={IconTags}>
              {create}
            </Empty>
          }
        />
      </Card>
    </Page>
  );
}

function TypeCell({ type }: { type: ActivityType }) {
  const t = useTranslations("activities");
  return (
    <Group gap={8} wrap="nowrap">
      <Link to="/activity-types/$name" params={{ name: type.name }} className="row-link">
        {typeLabel(type)}
      </Link>
      <Text size="sm" c="dimmed">
        {type.name}
      </Text>
      {type.closed && <Badge color="gray">{t("closed")}</Badge>}
    </Group>
  );
}

function AttributesCell({ type }: { type: ActivityType }) {
  const names = type.attributes.map(({ name }) => name);
  const more = names.length - ATTRIBUTES_SHOWN;
  return names.length === 0 ? "–" : names.slice(0, ATTRIBUTES_SHOWN).join(", ") + (more > 0 ? ` +${more}` : "");
}
