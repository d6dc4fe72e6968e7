// The role of a user: built-in ones and those of one's own, as far as one may give them.
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Draft } from "@/parts/draft";
import { useMay } from "@/shell/session";
import { rolesQuery, useRoleHint, useRoleName } from "./role-queries";

export function RoleInput<T>({ draft }: { draft: Draft<T> }) {
  const t = useTranslations("admin");
  const may = useMay();
  const nameOf = useRoleName();
  const hintOf = useRoleHint();
  const { data: roles = [] } = useQuery(rolesQuery);
  const input = draft.input<string | null>("/role");
  const chosen = roles.find(({ key }) => key === input.value);
  return (
    <Select
      label={t("role")}
      allowDeselect={false}
      description={chosen && hintOf(chosen)}
      data={roles.map(({ key, name, permissions }) => ({
        value: key,
        label: nameOf(key, name),
        disabled: permissions.some((one) => !may(one)),
      }))}
      {...input}
    />
  );
}
