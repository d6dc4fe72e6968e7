// All builders of segments, by name.
import { Text } from "@mantine/core";
import { IconPlus, IconStack2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { SegmentBuilder } from "@/api/types";
import { whole } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Failure } from "@/parts/failure";
import { LinkButton } from "@/parts/link-button";
import { LoadingLines } from "@/parts/loading";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { useKindName } from "./kind-name";
import { buildersQuery } from "./queries";

export function BuilderList() {
  const t = useTranslations("builders");
  const may = useMay();
  const nameOf = useKindName();
  const { data: builders, error, refetch } = useQuery(buildersQuery);
  const columns: Column<SegmentBuilder>[] = [
    {
      key: "name",
      label: t("name"),
      cell: ({ id, name }) => (
        <Link to="/builders/$id" params={{ id: String(id) }} className="row-link">
          {name}
        </Link>
      ),
    },
    { key: "kind", label: t("kind"), cell: ({ kind }) => <Text size="sm">{nameOf(kind)}</Text> },
    {
      key: "changed",
      label: t("changed"),
      width: 160,
      wideOnly: true,
      cell: ({ updatedAt }) => <When at={updatedAt} />,
    },
  ];
  const create = may("segments:write") && (
    <LinkButton to="/builders/new" leftSection={<IconPlus size={16} />}>
      {t("new")}
    </LinkButton>
  );
  return (
    <Page title={t("title")} hint={t("hint")} actions={create}>
      {error && !builders && <Failure error={error} retry={refetch} />}
      {!error && !builders && <LoadingLines lines={4} />}
      {builders && (
        <Card flush>
          <Rows
            label={t("title")}
            columns={columns}
            list={whole(builders)}
            keyOf={({ id }) => id}
            empty={
              <Empty title={t("none")} hint={t("noneHint")} icon={IconStack2}>
                {create}
              </Empty>
            }
          />
        </Card>
      )}
    </Page>
  );
}
