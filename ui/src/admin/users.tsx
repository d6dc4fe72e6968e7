// The people who may use this app.
import { Badge, Button, Group, Modal, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconPlus, IconUserCog } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { patch, post, remove } from "@/api/client";
import type { User } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { useCursorList } from "@/parts/cursor-list";
import { useDraft } from "@/parts/draft";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { Card, Page } from "@/parts/page";
import { PasswordInput } from "@/parts/password-input";
import { type Column, Rows } from "@/parts/rows";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay, useSession } from "@/shell/session";
import { PASSWORD_MIN } from "./password";
import { firstRole, isWithin } from "./permissions";
import { RoleInput } from "./role-input";
import { rolesQuery, useRoleName } from "./role-queries";
import { UserAccess } from "./user-access";
import { waysQuery } from "./ways";

const usersPath = "/api/users";
type Editing = User | "new" | null;

const route = getRouteApi("/inside/users");

export function UserList() {
  const t = useTranslations("admin");
  const may = useMay();
  const [editing, setEditing] = useState<Editing>(null);
  const { role } = route.useSearch();
  const nameOf = useRoleName();
  const list = useCursorList<User>(usersPath, { role });
  const columns: Column<User>[] = [
    { key: "name", label: t("name"), cell: (user) => <Who user={user} /> },
    { key: "role", label: t("role"), width: 150, wideOnly: true, cell: (user) => nameOf(user.role, user.roleName) },
    { key: "ways", label: t("signsInWith"), width: 180, wideOnly: true, cell: (user) => <Ways user={user} /> },
    { key: "active", label: t("state"), width: 95, cell: (user) => <ActiveBadge user={user} /> },
    {
      key: "lastLoginAt",
      label: t("lastLogin"),
      width: 160,
      wideOnly: true,
      roomyOnly: true,
      cell: (user) => <When at={user.lastLoginAt} />,
    },
  ];
  if (may("users:write")) {
    columns.push({
      key: "actions",
      label: t("actions"),
      width: 180,
      cell: (user) => <UserActions user={user} edit={() => setEditing(user)} />,
    });
  }
  const create = may("users:write") && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing("new")}>
      {t("newUser")}
    </Button>
  );
  return (
    <Page title={t("users")} hint={t("usersHint")} actions={create}>
      <Card flush>
        {role !== undefined && <OnlyWith role={role} />}
        <Rows
          label={t("users")}
          columns={columns}
          list={list}
          keyOf={(user) => user.id}
          empty={<Empty title={t("noUsers")} icon={IconUserCog} />}
        />
      </Card>
      <UserDialog editing={editing} close={() => setEditing(null)} />
    </Page>
  );
}

/** The list is narrowed to those with one role, and can be had whole again. */
function OnlyWith({ role }: { role: string }) {
  const t = useTranslations("admin");
  const nameOf = useRoleName();
  const { data: roles = [] } = useQuery(rolesQuery);
  const name = nameOf(role, roles.find(({ key }) => key === role)?.name ?? role);
  return (
    <Group px="md" py="xs" gap="xs">
      <Text size="sm">{t("onlyWithRole", { name })}</Text>
      <LinkButton to="/users" search={{}} size="compact-sm" variant="default">
        {t("showEverybody")}
      </LinkButton>
    </Group>
  );
}

function ActiveBadge({ user }: { user: User }) {
  const t = useTranslations("admin");
  return <Badge color={user.active ? "pine" : "gray"}>{t(user.active ? "active" : "inactive")}</Badge>;
}

function Who({ user }: { user: User }) {
  return (
    <>
      <Text size="sm" truncate>
        {user.name || "–"}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {user.email}
      </Text>
    </>
  );
}

function Ways({ user }: { user: User }) {
  const t = useTranslations("admin");
  const ways = [
    user.hasPassword && t("ways.password"),
    user.hasProvider && t("ways.provider"),
    user.secondFactorSince && t("ways.factor"),
  ].filter(Boolean);
  return (
    <>
      <Text size="sm">{ways.length === 0 ? t("ways.none") : ways.join(", ")}</Text>
      <Text size="xs" c="dimmed">
        {t("sessionCount", { count: user.sessions })}
      </Text>
    </>
  );
}

function UserActions({ user, edit }: { user: User; edit: () => void }) {
  const t = useTranslations("admin");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const { user: self } = useSession();
  const may = useMay();
  const { data: roles = [] } = useQuery(rolesQuery);
  const isBeyond = !isWithin(roles.find(({ key }) => key === user.role)?.permissions ?? [], may);
  const act = async () => {
    await remove(`${usersPath}/${user.id}`);
    toasts.done(parts("deleted"));
    await queries.invalidateQueries({ queryKey: [usersPath] });
  };
  return (
    <>
      <Group gap={4} wrap="nowrap">
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t("editUser", { email: user.email })}
          disabled={isBeyond}
          onClick={edit}
        >
          {parts("edit")}
        </Button>
        <UserAccess user={user} isBeyond={isBeyond} />
        {user.id !== self.id && (
          <ConfirmButton
            size="compact-sm"
            label={parts("delete")}
            ariaLabel={t("deleteUser", { email: user.email })}
            title={t("deleteUserTitle", { email: user.email })}
            text={t("deleteUserText")}
            verb={parts("delete")}
            act={act}
            disabled={isBeyond}
          />
        )}
      </Group>
      {isBeyond && (
        <Text size="xs" c="dimmed">
          {t("beyondYou")}
        </Text>
      )}
    </>
  );
}

function UserDialog({ editing, close }: { editing: Editing; close: () => void }) {
  const t = useTranslations("admin");
  const parts = useTranslations("parts");
  const may = useMay();
  const { data: roles = [], isPending } = useQuery(rolesQuery);
  return (
    <Modal
      opened={editing !== null}
      onClose={close}
      title={editing === "new" ? t("newUser") : t("editUser", { email: editing?.email ?? "" })}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {editing !== null && !isPending && (
        <UserForm user={editing === "new" ? null : editing} firstRole={firstRole(roles, may)} close={close} />
      )}
    </Modal>
  );
}

type FormProps = { user: User | null; firstRole: string; close: () => void };

function UserForm({ user, firstRole, close }: FormProps) {
  const t = useTranslations("admin");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const { data: ways } = useQuery(waysQuery);
  const draft = useDraft({
    email: user?.email ?? "",
    name: user?.name ?? "",
    role: user?.role ?? firstRole,
    active: user?.active ?? true,
    password: "",
  });
  const finish = async () => {
    await queries.invalidateQueries({ queryKey: [usersPath] });
    close();
  };
  const saving = useSaving({
    draft,
    version: user?.version ?? null,
    send: ({ password, active, ...values }, ifVersion) => {
      if (user === null)
        return post(usersPath, { ...values, ...(password === "" && ways?.provider ? {} : { password }) });
      const body = { ...values, active, ...(password === "" ? {} : { password }) };
      return patch(`${usersPath}/${user.id}`, body, { ifVersion });
    },
    saved: async () => {
      toasts.done(parts(user ? "saved" : "created"));
      await finish();
    },
    reload: finish,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput label={t("email")} type="email" required data-autofocus {...draft.text("/email")} />
        <TextInput label={t("name")} required {...draft.text("/name")} />
        <RoleInput draft={draft} />
        <PasswordInput
          label={t(user ? "newPassword" : "password")}
          description={
            user
              ? t("newPasswordHint")
              : `${t("passwordHint", { min: PASSWORD_MIN })}${ways?.provider ? `. ${t("passwordOptional")}` : ""}`
          }
          autoComplete="new-password"
          required={user === null && !ways?.provider}
          {...draft.text("/password")}
        />
        {user && <Switch label={t("mayLogIn")} {...draft.check("/active")} />}
        <SaveBar draft={draft} saving={saving} isNew={user === null} verb={user ? undefined : t("createUser")} />
      </Stack>
    </form>
  );
}
