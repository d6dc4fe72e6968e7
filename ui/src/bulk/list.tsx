// Bulk actions that were started, newest first.
import { Group, Text } from "@mantine/core";
import { IconChecklist } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Bulk } from "@/api/types";
import { useActorName } from "@/parts/actor";
import { Count } from "@/parts/count";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { BulkState } from "./outcome";
import { bulkPath, refetchEveryMs } from "./queries";
import { useBulkText } from "./text";

export function BulkList() {
  const t = useTranslations("bulk");
  const list = useCursorList<Bulk>(bulkPath, {}, { refetchEveryMs });
  const empty = (
    <Empty title={t("none")} hint={t("noneHint")} icon={IconChecklist}>
      <LinkButton to="/customers">{t("toCustomers")}</LinkButton>
    </Empty>
  );
  return (
    <Page title={t("title")} hint={t("hint")}>
      <Card flush>
        <Rows label={t("title")} columns={useColumns()} list={list} keyOf={(one) => one.id} empty={empty} />
      </Card>
    </Page>
  );
}

function useColumns(): Column<Bulk>[] {
  const t = useTranslations("bulk");
  const nameOf = useActorName();
  return [
    { key: "what", label: t("what"), cell: (one) => <What one={one} /> },
    { key: "state", label: t("state"), width: 160, cell: (one) => <BulkState one={one} /> },
    { key: "total", label: t("customers"), end: true, width: 110, cell: (one) => <Count of={one.total} /> },
    { key: "changed", label: t("changed"), end: true, width: 110, cell: (one) => <Count of={one.changed} /> },
    {
      key: "refused",
      label: t("refused"),
      end: true,
      width: 120,
      roomyOnly: true,
      cell: (one) => <Count of={one.refused} />,
    },
    { key: "owner", label: t("owner"), width: 160, roomyOnly: true, cell: (one) => nameOf(one.owner) },
    { key: "at", label: t("at"), width: 140, cell: (one) => <When at={one.createdAt} /> },
  ];
}

function What({ one }: { one: Bulk }) {
  const t = useTranslations("bulk");
  const textOf = useBulkText();
  return (
    <Group gap={8} wrap="nowrap">
      <Link to="/bulk/$id" params={{ id: String(one.id) }} search={{}} className="row-link">
        {textOf(one)}
      </Link>
      {one.undoneBy !== null && !one.isUndoable && (
        <Text span size="xs" c="dimmed">
          {t("isUndone")}
        </Text>
      )}
    </Group>
  );
}
