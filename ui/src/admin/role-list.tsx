// What users may do: the roles that are always there, and those of one's own.
import { Badge, Text } from "@mantine/core";
import { IconPlus, IconUserShield } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Role } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton, LinkText } from "@/parts/link-button";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useMay } from "@/shell/session";
import { shownPermissions } from "./permissions";
import { rolesPath, useRoleHint, useRoleName } from "./role-queries";

export function RoleList() {
  const t = useTranslations("roles");
  const may = useMay();
  const list = useCursorList<Role>(rolesPath);
  const create = may("users:write") && (
    <LinkButton to="/roles/new" search={{}} leftSection={<IconPlus size={16} />}>
      {t("new")}
    </LinkButton>
  );
  return (
    <Page title={t("title")} hint={t("hint")} actions={create}>
      <Card flush>
        <Rows
          label={t("title")}
          columns={useColumns()}
          list={list}
          keyOf={(role) => role.key}
          empty={<Empty title={t("none")} icon={IconUserShield} />}
        />
      </Card>
    </Page>
  );
}

function useColumns(): Column<Role>[] {
  const t = useTranslations("roles");
  return [
    { key: "name", label: t("name"), cell: (role) => <Named role={role} /> },
    {
      key: "kind",
      label: t("kind"),
      width: 130,
      wideOnly: true,
      cell: ({ isBuiltIn }) => isBuiltIn && <Badge color="gray">{t("isBuiltIn")}</Badge>,
    },
    {
      key: "permissions",
      label: t("permissions"),
      width: 150,
      wideOnly: true,
      cell: ({ permissions }) => t("someOf", { held: permissions.length, all: shownPermissions.length }),
    },
    { key: "users", label: t("users"), width: 130, cell: (role) => <Users role={role} /> },
  ];
}

function Named({ role }: { role: Role }) {
  const nameOf = useRoleName();
  const hint = useRoleHint()(role);
  return (
    <>
      <Link to="/roles/$key" params={{ key: role.key }} className="row-link">
        {nameOf(role.key, role.name)}
      </Link>
      {hint && (
        <Text size="xs" c="dimmed" truncate>
          {hint}
        </Text>
      )}
    </>
  );
}

function Users({ role }: { role: Role }) {
  const t = useTranslations("roles");
  if (role.users === 0) return <Text size="sm">{t("userCount", { count: 0 })}</Text>;
  return (
    <LinkText to="/users" search={{ role: role.key }} size="sm" className="above-row-link">
      {t("userCount", { count: role.users })}
    </LinkText>
  );
}
