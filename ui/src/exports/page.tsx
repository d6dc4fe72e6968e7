// Exports: the files one asked for, until when they are kept, and a way to have them.
import { Button, Group, Switch } from "@mantine/core";
import { IconFileDownload } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { remove } from "@/api/client";
import type { Export } from "@/api/types";
import { useActorName } from "@/parts/actor";
import { ConfirmButton } from "@/parts/confirm";
import { Count } from "@/parts/count";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { exportsPath, fileAddress, isUnderWay, refetchEveryMs } from "./queries";
import { Size } from "./size";
import { ExportState } from "./state";

const route = getRouteApi("/inside/exports");

export function ExportsPage() {
  const t = useTranslations("exports");
  const may = useMay();
  const { all = false } = route.useSearch();
  const navigate = route.useNavigate();
  const question = all ? { all } : {};
  const list = useCursorList<Export>(exportsPath, question, { refetchEveryMs });
  const empty = (
    <Empty title={t("none")} hint={t("noneHint")} icon={IconFileDownload}>
      <LinkButton to="/customers">{t("toCustomers")}</LinkButton>
    </Empty>
  );
  return (
    <Page
      title={t("title")}
      hint={t("hint")}
      actions={
        may("users:write") && (
          <Switch
            label={t("everybody")}
            checked={all}
            onChange={(event) => navigate({ search: { all: event.currentTarget.checked || undefined }, replace: true })}
          />
        )
      }
    >
      <Card flush>
        <Rows label={t("title")} columns={useColumns(all)} list={list} keyOf={(one) => one.id} empty={empty} />
      </Card>
    </Page>
  );
}

function useColumns(all: boolean): Column<Export>[] {
  const t = useTranslations("exports");
  const nameOf = useActorName();
  const owner: Column<Export> = { key: "owner", label: t("owner"), width: 160, cell: (one) => nameOf(one.owner) };
  return [
    { key: "file", label: t("file"), cell: (one) => one.fileName },
    ...(all ? [owner] : []),
    { key: "state", label: t("state"), width: 160, cell: (one) => <ExportState one={one} /> },
    { key: "rows", label: t("rows"), end: true, width: 110, cell: (one) => <Count of={one.rowsDone} /> },
    {
      key: "size",
      label: t("size"),
      end: true,
      width: 100,
      roomyOnly: true,
      cell: (one) => (one.state === "done" ? <Size bytes={one.bytes} /> : "–"),
    },
    { key: "at", label: t("at"), width: 140, roomyOnly: true, cell: (one) => <When at={one.createdAt} /> },
    { key: "expires", label: t("expires"), width: 140, cell: (one) => <When at={one.expiresAt} /> },
    { key: "acts", label: t("acts"), width: 220, end: true, cell: (one) => <Acts one={one} isOwn={!all} /> },
  ];
}

/** The file is its owner's alone; taking it away is also for whoever sees all. */
function Acts({ one, isOwn }: { one: Export; isOwn: boolean }) {
  const t = useTranslations("exports");
  const queries = useQueryClient();
  const takeAway = async () => {
    await remove(`${exportsPath}/${one.id}`);
    await queries.invalidateQueries({ queryKey: [exportsPath] });
  };
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {isOwn && one.state === "done" && (
        <Button
          component="a"
          size="compact-sm"
          variant="default"
          href={fileAddress(one.id)}
          download={one.fileName}
          aria-label={t("downloadFile", { name: one.fileName })}
        >
          {t("download")}
        </Button>
      )}
      <ConfirmButton
        size="compact-sm"
        label={t(isUnderWay(one) ? "stop" : "remove")}
        ariaLabel={t(isUnderWay(one) ? "stopFile" : "removeFile", { name: one.fileName })}
        title={t("removeTitle", { name: one.fileName })}
        text={t("removeText")}
        verb={t("remove")}
        act={takeAway}
      />
    </Group>
  );
}
