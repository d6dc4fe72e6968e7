// Takes a role away; whoever has it is given another one in the same step.
import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { remove } from "@/api/client";
import type { Role } from "@/api/types";
import { useToasts } from "@/parts/toasts";
import { sessionQuery, useMay, useSession } from "@/shell/session";
import { rolesPath, rolesQuery, useRoleName } from "./role-queries";

export function RemoveRole({ role }: { role: Role }) {
  const t = useTranslations("roles");
  const parts = useTranslations("parts");
  const may = useMay();
  const [opened, dialog] = useDisclosure(false);
  if (role.permissions.some((one) => !may(one))) return null;
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {parts("delete")}
      </Button>
      <Modal
        opened={opened}
        onClose={dialog.close}
        title={t("removeTitle", { name: role.name })}
        closeButtonProps={{ "aria-label": parts("cancel") }}
      >
        <Question role={role} close={dialog.close} />
      </Modal>
    </>
  );
}

function Question({ role, close }: { role: Role; close: () => void }) {
  const t = useTranslations("roles");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { user } = useSession();
  const [replacement, replaceBy] = useState<string | null>(null);
  const [acting, setActing] = useState(false);
  const act = async () => {
    setActing(true);
    try {
      const query = replacement === null ? "" : `?replacement=${replacement}`;
      await remove(`${rolesPath}/${role.key}${query}`, { ifVersion: role.version });
      toasts.done(t("removed", { name: role.name }));
      await navigate({ to: "/roles" });
      queries.removeQueries({ queryKey: [rolesPath, "one", role.key] });
      await Promise.all([rolesPath, "/api/users"].map((path) => queries.invalidateQueries({ queryKey: [path] })));
      if (user.role === role.key) await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    } catch (error) {
      toasts.failed(error);
      // Somebody may have been given it in between.
      await queries.invalidateQueries({ queryKey: [rolesPath] });
    } finally {
      setActing(false);
    }
  };
  return (
    <Stack gap="sm">
      <Text size="sm">{t("removeText", { count: role.users })}</Text>
      {role.users > 0 && <Replacement role={role} value={replacement} onChange={replaceBy} />}
      <Group justify="flex-end" mt="sm" gap="xs">
        <Button variant="default" onClick={close} data-autofocus={role.users === 0 || undefined}>
          {parts("cancel")}
        </Button>
        <Button color="red.8" loading={acting} disabled={role.users > 0 && replacement === null} onClick={act}>
          {t("remove")}
        </Button>
      </Group>
    </Stack>
  );
}

type Chosen = { role: Role; value: string | null; onChange: (key: string | null) => void };

function Replacement({ role, value, onChange }: Chosen) {
  const t = useTranslations("roles");
  const may = useMay();
  const nameOf = useRoleName();
  const { data: roles = [] } = useQuery(rolesQuery);
  const others = roles.filter(({ key }) => key !== role.key);
  return (
    <Select
      label={t("replacement")}
      description={t("replacementHint")}
      placeholder={t("chooseRole")}
      data-autofocus
      value={value}
      onChange={onChange}
      data={others.map(({ key, name, permissions }) => ({
        value: key,
        label: nameOf(key, name),
        disabled: permissions.some((one) => !may(one)),
      }))}
    />
  );
}
