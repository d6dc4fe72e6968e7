// One role: made, from nothing or from another one, and changed later on.
import { Alert, Badge, Group, Stack, Text } from "@mantine/core";
import { IconCopy, IconLock } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { FormEvent, ReactNode } from "react";
import { useTranslations } from "use-intl";
import { patch, post } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import type { Role } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { Editable } from "@/parts/editable";
import { useEdited } from "@/parts/edited";
import { LinkButton, LinkText } from "@/parts/link-button";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { type Saving, useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { sessionQuery, useMay, useSession } from "@/shell/session";
import type { Needs } from "./permissions";
import { RemoveRole } from "./remove-role";
import { Differences, emptyRole, RoleEditor, type RoleValues, valuesOf } from "./role-editor";
import { needsQuery, roleQuery, rolesPath, useRoleHint, useRoleName } from "./role-queries";

const route = getRouteApi("/inside/roles/$key");
const newRoute = getRouteApi("/inside/roles/new");

export function NewRole() {
  const t = useTranslations("roles");
  const { from } = newRoute.useSearch();
  const { data: needs, error: failure, refetch: again } = useQuery(needsQuery);
  const { data: model, error, refetch } = useQuery({ ...roleQuery(from ?? ""), enabled: from !== undefined });
  const nameOf = useRoleName();
  const hintOf = useRoleHint();
  if (failure) return <PageFailure error={failure} retry={again} />;
  if (error) return <PageFailure error={error} retry={refetch} />;
  if (!needs || (from !== undefined && !model)) return <Loading />;
  const name = model && t("copyOf", { name: nameOf(model.key, model.name) });
  const copied = model && { ...valuesOf(model), name: name ?? "", description: hintOf(model) ?? "" };
  return (
    <Page title={t("new")} back={{ to: "/roles", label: t("title") }}>
      <NewRoleForm key={from} initial={copied ?? emptyRole} needs={needs} />
    </Page>
  );
}

function NewRoleForm({ initial, needs }: { initial: RoleValues; needs: Needs }) {
  const t = useTranslations("roles");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { permissions } = useSession();
  // Nobody hands on what he has not got himself.
  const within = initial.permissions.filter((one) => permissions.includes(one));
  const draft = useDraft<RoleValues>({ ...initial, permissions: within });
  const saving = useSaving({
    draft,
    version: null,
    send: (values) => post<Role>(rolesPath, bodyOf(values)),
    saved: async (role) => {
      toasts.done(t("created", { name: role.name }));
      await queries.invalidateQueries({ queryKey: [rolesPath] });
      await navigate({ to: "/roles" });
    },
  });
  const missing = initial.permissions.length - within.length;
  return (
    <Form saving={saving}>
      {missing > 0 && <Text size="sm">{t("leftOut", { count: missing })}</Text>}
      <RoleEditor draft={draft} needs={needs} before={null} isLocked={false} />
      <div className="save-bar">
        <SaveBar draft={draft} saving={saving} isNew verb={t("create")} discard={() => navigate({ to: "/roles" })} />
      </div>
    </Form>
  );
}

function Form({ saving, children }: { saving: Saving; children: ReactNode }) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">{children}</Stack>
    </form>
  );
}

function bodyOf({ name, description, permissions }: RoleValues) {
  return { name, description: description === "" ? null : description, permissions };
}

export function RolePage() {
  const t = useTranslations("roles");
  const { key } = route.useParams();
  const { data: role, error, refetch } = useQuery(roleQuery(key));
  const { data: needs, error: failure, refetch: again } = useQuery(needsQuery);
  const nameOf = useRoleName();
  const hintOf = useRoleHint();
  const may = useMay();
  if (error && !role) return <PageFailure error={error} retry={refetch} />;
  if (failure) return <PageFailure error={failure} retry={again} />;
  if (!role || !needs) return <Loading />;
  const hint = (
    <>
      {role.users > 0 ? (
        <LinkText to="/users" search={{ role: role.key }} inherit underline="always">
          {t("userCount", { count: role.users })}
        </LinkText>
      ) : (
        t("userCount", { count: 0 })
      )}
      {role.isBuiltIn && ` · ${hintOf(role)}`}
    </>
  );
  return (
    <Page
      title={nameOf(role.key, role.name)}
      hint={hint}
      beside={<Badge color="gray">{role.isBuiltIn ? t("isBuiltIn") : role.key}</Badge>}
      back={{ to: "/roles", label: t("title") }}
      actions={may("users:write") && <Acts role={role} />}
    >
      <RoleForm key={role.key} role={role} needs={needs} />
    </Page>
  );
}

function Acts({ role }: { role: Role }) {
  const t = useTranslations("roles");
  return (
    <Group gap="xs">
      <LinkButton to="/roles/new" search={{ from: role.key }} variant="default" leftSection={<IconCopy size={16} />}>
        {t("duplicate")}
      </LinkButton>
      {!role.isBuiltIn && <RemoveRole role={role} />}
    </Group>
  );
}

function RoleForm({ role, needs }: { role: Role; needs: Needs }) {
  const t = useTranslations("roles");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const { user } = useSession();
  const { draft, based, startOver } = useEdited(role, valuesOf);
  const beyond = role.permissions.some((one) => !may(one));
  const isLocked = role.isBuiltIn || beyond || !may("users:write");
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, ifVersion) => {
      const changes = mergePatch(bodyOf(valuesOf(based)), bodyOf(values));
      return patch<Role>(`${rolesPath}/${role.key}`, changes, { ifVersion });
    },
    saved: async (saved) => {
      startOver(saved);
      queries.setQueryData(roleQuery(role.key).queryKey, saved);
      toasts.done(parts("saved"));
      await queries.invalidateQueries({ queryKey: [rolesPath] });
      // What one may do oneself may have changed with it.
      if (user.role === role.key) await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
    reload: async () => startOver(await queries.fetchQuery({ ...roleQuery(role.key), staleTime: 0 })),
  });
  return (
    <Form saving={saving}>
      {(role.isBuiltIn || (beyond && may("users:write"))) && (
        <Alert color="gray" icon={<IconLock size={18} />}>
          {t(role.isBuiltIn ? "lockedBuiltIn" : "lockedBeyond")}
        </Alert>
      )}
      <Editable when={!isLocked}>
        <RoleEditor draft={draft} needs={needs} before={based.permissions} isLocked={isLocked} />
      </Editable>
      {!isLocked && (
        <div className="save-bar">
          <Stack gap="xs">
            <Differences before={based.permissions} after={draft.values.permissions} users={based.users} />
            <SaveBar draft={draft} saving={saving} discard={() => startOver(based)} />
          </Stack>
        </div>
      )}
    </Form>
  );
}
