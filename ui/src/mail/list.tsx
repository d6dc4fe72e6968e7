// All mail templates.
import { IconMail, IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Template } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useMay } from "@/shell/session";
import { templatesPath } from "./queries";

export function TemplateList() {
  const t = useTranslations("mail");
  const may = useMay();
  const list = useCursorList<Template>(templatesPath);
  const columns: Column<Template>[] = [
    {
      key: "name",
      label: t("name"),
      cell: (template) => (
        <Link to="/templates/$id" params={{ id: String(template.id) }} search={{}} className="row-link">
          {template.name}
        </Link>
      ),
    },
    { key: "subject", label: t("subject"), wideOnly: true, cell: (template) => template.subject },
    { key: "kind", label: t("kind"), width: 150, cell: ({ kind }) => t(`kinds.${kind}`) },
    {
      key: "languages",
      label: t("languages"),
      width: 170,
      wideOnly: true,
      cell: ({ variants }) => variants.map(({ language }) => language).join(", ") || "–",
    },
  ];
  const create = may("mail:write") && (
    <LinkButton to="/templates/new" leftSection={<IconPlus size={16} />}>
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
          keyOf={(template) => template.id}
          empty={
            <Empty title={t("none")} hint={t("noneHint")} icon={IconMail}>
              {create}
            </Empty>
          }
        />
      </Card>
    </Page>
  );
}
