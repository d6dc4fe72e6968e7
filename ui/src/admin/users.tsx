// The people who may use this app.
import { Badge, Button, Group, Modal, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconPlus, IconUserCog } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { patch, post, remove } from "@/api/client";
import type { Role, User } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { useCursorList } from "@/parts/cursor-list";
import { useDraft } from "@/parts/draft";
import { Empty } from "@/parts/empty";
import { Card, Page } from "@/parts/page";
import { PasswordInput } from "@/parts/password-input";
import { type Column, Rows } from "@/parts/rows";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay, useSession } from "@/shell/session";
import { PASSWORD_MIN } from "./password";
import { UserAccess } from "./user-access";
import { waysQuery } from "./ways";

const usersPath = "/api/users";
const roles: Role[] = ["admin", "editor", "viewer"];
type Editing = User | "new" | null;

export function UserList() {
  const t = useTranslations("admin");
  const may = useMay();
  const [editing, setEditing] = useState<Editing>(null);
  const list = useCursorList<User>(usersPath);
  const columns: Column<User>[] = [
    { key: "name", label: t("name"), cell: (user) => <Who user={user} /> },
    { key: "role", label: t("role"), width: 120, wideOnly: true, cell: (user) => t(`roles.${user.role}`) },
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
  const act = async () => {
    await remove(`${usersPath}/${user.id}`);
    toasts.done(parts("deleted"));
    await queries.invalidateQueries({ queryKey: [usersPath] });
  };
  return (
    <Group gap={4} wrap="nowrap">
      <Button size="compact-sm" variant="default" aria-label={t("editUser", { email: user.email })} onClick={edit}>
        {parts("edit")}
      </Button>
      <UserAccess user={user} />
      {user.id !== self.id && (
        <ConfirmButton
          size="compact-sm"
          label={parts("delete")}
          ariaLabel={t("deleteUser", { email: user.email })}
          title={t("deleteUserTitle", { email: user.email })}
          text={t("deleteUserText")}
          verb={parts("delete")}
          act={act}
        />
      )}
    </Group>
  );
}

function UserDialog({ editing, close }: { editing: Editing; close: () => void }) {
  const t = useTranslations("admin");
  const parts = useTranslations("parts");
  return (
    <Modal
      opened={editing !== null}
      onClose={close}
      title={editing === "new" ? t("newUser") : t("editUser", { email: editing?.email ?? "" })}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {editing !== null && <UserForm user={editing === "new" ? null : editing} close={close} />}
    </Modal>
  );
}

function UserForm({ user, close }: { user: User | null; close: () => void }) {
  const t = useTranslations("admin");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const { data: ways } = useQuery(waysQuery);
  const draft = useDraft({
    email: user?.email ?? "",
    name: user?.name ?? "",
    role: user?.role ?? ("editor" as Role),
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
        <Select
          label={t("role")}
          allowDeselect={false}
          description={t(`roleHints.${draft.values.role}`)}
          data={roles.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
          {...draft.input<string | null>("/role")}
        />
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
