// An activity type: registered here, and changed here later on.
import { Box } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { get, patch, post, remove } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import type { ActivityType } from "@/api/types";
import { catalogueQuery, typeLabel } from "@/conditions/catalogue";
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
import { TypeEditor, type TypeValues, valuesOf } from "./editor";
import { typesPath } from "./list";

const route = getRouteApi("/inside/activity-types/$name");
const emptyType: TypeValues = { name: "", label: "", closed: false, attributes: [] };

function useRefresh() {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey: [typesPath] });
    await queries.invalidateQueries({ queryKey: catalogueQuery.queryKey });
  };
}

export function NewActivityType() {
  const t = useTranslations("activities");
  const toasts = useToasts();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const draft = useDraft(emptyType);
  const saving = useSaving({
    draft,
    version: null,
    send: (values) => post<ActivityType>(typesPath, values),
    saved: async (type) => {
      toasts.done(t("created", { name: type.label || type.name }));
      await refresh();
      await navigate({ to: "/activity-types" });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Page title={t("new")} back={{ to: "/activity-types", label: t("title") }}>
      <Box component="form" onSubmit={submit} noValidate maw={760}>
        <TypeEditor draft={draft} isNew />
        <Box mt="md">
          <SaveBar
            draft={draft}
            saving={saving}
            isNew
            verb={t("createVerb")}
            discard={() => navigate({ to: "/activity-types" })}
          />
        </Box>
      </Box>
    </Page>
  );
}

function typeQuery(name: string) {
  return {
    queryKey: [typesPath, "one", name],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      get<ActivityType>(`${typesPath}/${encodeURIComponent(name)}`, undefined, signal),
  };
}

export function ActivityTypePage() {
  const t = useTranslations("activities");
  const { name } = route.useParams();
  const { data: type, error, refetch } = useQuery(typeQuery(name));
  if (error && !type) return <PageFailure error={error} retry={refetch} />;
  if (!type) return <Loading />;
  return (
    <Page
      title={typeLabel(type)}
      hint={t("happened", { count: type.count })}
      back={{ to: "/activity-types", label: t("title") }}
      actions={<DeleteButton type={type} />}
    >
      <TypeForm key={type.name} type={type} />
    </Page>
  );
}

function TypeForm({ type }: { type: ActivityType }) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const refresh = useRefresh();
  const may = useMay();
  const { draft, based, startOver } = useEdited(type, valuesOf);
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, ifVersion) => {
      const changes = mergePatch(valuesOf(based), values);
      return patch<ActivityType>(`${typesPath}/${encodeURIComponent(type.name)}`, changes, { ifVersion });
    },
    saved: async (saved) => {
      startOver(saved);
      toasts.done(t("saved"));
      await refresh();
    },
    reload: async () => startOver(await queries.fetchQuery({ ...typeQuery(type.name), staleTime: 0 })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Box component="form" onSubmit={submit} noValidate maw={760}>
      <Editable when={may("settings:write")}>
        <TypeEditor draft={draft} isNew={false} />
      </Editable>
      <Box mt="md">
        {may("settings:write") && <SaveBar draft={draft} saving={saving} discard={() => startOver(based)} />}
      </Box>
    </Box>
  );
}

function DeleteButton({ type }: { type: ActivityType }) {
  const t = useTranslations("activities");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const navigate = useNavigate();
  const refresh = useRefresh();
  if (!useMay()("settings:write")) return null;
  const act = async () => {
    await remove(`${typesPath}/${encodeURIComponent(type.name)}`);
    toasts.done(parts("deleted"));
    await navigate({ to: "/activity-types" });
    await refresh();
  };
  return (
    <ConfirmButton
      label={parts("delete")}
      title={t("deleteTitle", { name: type.label || type.name })}
      text={t("deleteText")}
      verb={t("deleteVerb")}
      act={act}
    />
  );
}
