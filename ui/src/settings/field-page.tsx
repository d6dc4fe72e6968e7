// A custom field: created here, and changed here later on.
import { Box } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { get, patch, post, remove } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import type { Field } from "@/api/types";
import { catalogueQuery } from "@/conditions/catalogue";
import { ConfirmButton } from "@/parts/confirm";
import { useDraft } from "@/parts/draft";
import { Editable } from "@/parts/editable";
import { useEdited } from "@/parts/edited";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
import { bodyOf, emptyField, FieldEditor, valuesOf } from "./field-editor";
import { fieldsPath } from "./fields";

const route = getRouteApi("/inside/fields/$id");

/** Fields are part of what conditions can speak of, so both are asked for again. */
function useRefresh() {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey: [fieldsPath] });
    await queries.invalidateQueries({ queryKey: catalogueQuery.queryKey });
  };
}

export function NewField() {
  const t = useTranslations("settings");
  const toasts = useToasts();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const draft = useDraft(emptyField);
  const saving = useSaving({
    draft,
    version: null,
    send: (values) => post<Field>(fieldsPath, bodyOf(values)),
    saved: async (field) => {
      toasts.done(t("fieldCreated", { name: field.label }));
      await refresh();
      await navigate({ to: "/fields" });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Page title={t("newField")} back={{ to: "/fields", label: t("fields") }}>
      <Box component="form" onSubmit={submit} noValidate maw={760}>
        <FieldEditor draft={draft} isNew />
        <Box mt="md">
          <SaveBar
            draft={draft}
            saving={saving}
            isNew
            verb={t("createField")}
            discard={() => navigate({ to: "/fields" })}
          />
        </Box>
      </Box>
    </Page>
  );
}

function fieldQuery(id: string) {
  return {
    queryKey: [fieldsPath, "one", id],
    queryFn: ({ signal }: { signal: AbortSignal }) => get<Field>(`${fieldsPath}/${id}`, undefined, signal),
  };
}

export function FieldPage() {
  const t = useTranslations("settings");
  const { id } = route.useParams();
  const { data: field, error, refetch } = useQuery(fieldQuery(id));
  if (error && !field) return <PageFailure error={error} retry={refetch} />;
  if (!field) return <Loading />;
  return (
    <Page
      title={field.label || field.name}
      back={{ to: "/fields", label: t("fields") }}
      actions={<DeleteButton field={field} />}
    >
      <FieldForm key={field.id} field={field} />
    </Page>
  );
}

function FieldForm({ field }: { field: Field }) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const refresh = useRefresh();
  const may = useMay();
  const { draft, based, startOver } = useEdited(field, valuesOf);
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, ifVersion) => {
      const changes = mergePatch(bodyOf(valuesOf(based)), bodyOf(values));
      return patch<Field>(`${fieldsPath}/${field.id}`, changes, { ifVersion });
    },
    saved: async (saved) => {
      startOver(saved);
      toasts.done(t("saved"));
      await refresh();
    },
    reload: async () => startOver(await queries.fetchQuery({ ...fieldQuery(String(field.id)), staleTime: 0 })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Box component="form" onSubmit={submit} noValidate maw={760}>
      <Editable when={may("settings:write")}>
        <FieldEditor draft={draft} isNew={false} />
      </Editable>
      <Box mt="md">
        {may("settings:write") && <SaveBar draft={draft} saving={saving} discard={() => startOver(based)} />}
      </Box>
    </Box>
  );
}

function DeleteButton({ field }: { field: Field }) {
  const t = useTranslations("settings");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const navigate = useNavigate();
  const refresh = useRefresh();
  if (!useMay()("settings:write")) return null;
  const act = async () => {
    await remove(`${fieldsPath}/${field.id}`);
    toasts.done(parts("deleted"));
    await navigate({ to: "/fields" });
    await refresh();
  };
  return (
    <ConfirmButton
      label={parts("delete")}
      title={t("deleteFieldTitle", { name: field.label || field.name })}
      text={t("deleteFieldText")}
      verb={t("deleteField")}
      act={act}
    />
  );
}
