// All custom fields of customers.
import { Badge, Group } from "@mantine/core";
import { IconForms, IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Field } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useMay } from "@/shell/session";

export const fieldsPath = "/api/fields";

export function FieldList() {
  const t = useTranslations("settings");
  const may = useMay();
  const list = useCursorList<Field>(fieldsPath);
  const columns: Column<Field>[] = [
    {
      key: "label",
      label: t("label"),
      cell: (field) => (
        <Link to="/fields/$id" params={{ id: String(field.id) }} className="row-link">
          {field.label || field.name}
        </Link>
      ),
    },
    { key: "name", label: t("fieldName"), wideOnly: true, cell: (field) => field.name },
    { key: "kind", label: t("kind"), cell: (field) => t(`kinds.${field.kind}`) },
    {
      key: "flags",
      label: t("marks"),
      wideOnly: true,
      cell: (field) => (
        <Group gap={4}>
          {field.personal && <Badge color="orange">{t("personal")}</Badge>}
          {field.indexed && <Badge color="blue">{t("indexed")}</Badge>}
        </Group>
      ),
    },
  ];
  const create = may("settings:write") && (
    <LinkButton to="/fields/new" leftSection={<IconPlus size={16} />}>
      {t("newField")}
    </LinkButton>
  );
  return (
    <Page title={t("fields")} hint={t("fieldsHint")} actions={create}>
      <Card flush>
        <Rows
          label={t("fields")}
          columns={columns}
          list={list}
          keyOf={(field) => field.id}
          empty={
            <Empty title={t("noFields")} hint={t("noFieldsHint")} icon={IconForms}>
              {create}
            </Empty>
          }
        />
      </Card>
    </Page>
  );
}
