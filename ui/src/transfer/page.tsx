// Import: a new file step by step, and the imports so far.
import { Stack } from "@mantine/core";
import { IconCloudUpload } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Import } from "@/api/types";
import { Count } from "@/parts/count";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { importsPath } from "./queries";
import { ImportState } from "./state";
import { Wizard } from "./wizard";

const REFRESH_EVERY_MS = 5_000;

export function ImportPage() {
  const t = useTranslations("transfer");
  const errors = useTranslations("errors");
  const may = useMay();
  if (!may("imports:write")) {
    return (
      <Page title={t("title")}>
        <Empty title={errors("forbidden")} icon={IconCloudUpload} />
      </Page>
    );
  }
  return (
    <Page title={t("title")} hint={t("hint")}>
      <Stack gap="md">
        <Wizard />
        <History />
      </Stack>
    </Page>
  );
}

function History() {
  const t = useTranslations("transfer");
  const list = useCursorList<Import>(importsPath, {}, { refetchEveryMs: REFRESH_EVERY_MS });
  const columns: Column<Import>[] = [
    { key: "file", label: t("file"), cell: (one) => <FileCell one={one} /> },
    { key: "kind", label: t("kind"), width: 130, roomyOnly: true, cell: (one) => t(`importKinds.${one.kind}`) },
    { key: "state", label: t("state"), width: 200, cell: (one) => <ImportState one={one} /> },
    {
      key: "created",
      label: t("columnsCreated"),
      end: true,
      width: 100,
      wideOnly: true,
      cell: (one) => <Count of={one.created} />,
    },
    {
      key: "updated",
      label: t("columnsUpdated"),
      end: true,
      width: 110,
      wideOnly: true,
      cell: (one) => <Count of={one.updated} />,
    },
    {
      key: "rejected",
      label: t("columnsRejected"),
      end: true,
      width: 110,
      wideOnly: true,
      cell: (one) => <Count of={one.rejected} />,
    },
    { key: "at", label: t("at"), width: 150, cell: (one) => <When at={one.createdAt} /> },
  ];
  return (
    <Card flush title={t("history")}>
      <Rows
        label={t("history")}
        columns={columns}
        list={list}
        keyOf={(one) => one.id}
        empty={<Empty title={t("none")} hint={t("noneHint")} icon={IconCloudUpload} />}
      />
    </Card>
  );
}

function FileCell({ one }: { one: Import }) {
  return (
    <Link to="/import/$id" params={{ id: String(one.id) }} className="row-link">
      {one.fileName}
    </Link>
  );
}
