// One mail template, with a preview as any customer beside it.
import { Box, Grid } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { patch, remove } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import type { Template } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { useEdited } from "@/parts/edited";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
import { TemplateEditor } from "./editor";
import { Preview } from "./preview";
import { templateQuery, templatesPath } from "./queries";
import { bodyOf, valuesOf } from "./values";

const route = getRouteApi("/inside/templates/$id");

export function TemplatePage() {
  const t = useTranslations("mail");
  const { id } = route.useParams();
  const { data: template, error, refetch } = useQuery(templateQuery(id));
  if (error && !template) return <PageFailure error={error} retry={refetch} />;
  if (!template) return <Loading />;
  return (
    <Page
      title={template.name}
      back={{ to: "/templates", label: t("title") }}
      actions={<DeleteButton template={template} />}
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <TemplateForm key={template.id} template={template} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Preview template={template} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function TemplateForm({ template }: { template: Template }) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const { draft, based, startOver } = useEdited(template, valuesOf);
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, ifVersion) => {
      const changes = mergePatch(valuesOf(based), bodyOf(values));
      return patch<Template>(`${templatesPath}/${template.id}`, changes, { ifVersion });
    },
    saved: async (saved) => {
      startOver(saved);
      toasts.done(t("saved"));
      await queries.invalidateQueries({ queryKey: [templatesPath] });
    },
    reload: async () => startOver(await queries.fetchQuery({ ...templateQuery(template.id), staleTime: 0 })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <TemplateEditor draft={draft} mayChange={may("mail:write")} />
      {may("mail:write") && (
        <Box className="save-bar">
          <SaveBar draft={draft} saving={saving} discard={() => startOver(based)} />
        </Box>
      )}
    </form>
  );
}

function DeleteButton({ template }: { template: Template }) {
  const t = useTranslations("mail");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  if (!useMay()("mail:write")) return null;
  const act = async () => {
    await remove(`${templatesPath}/${template.id}`);
    toasts.done(t("deleted", { name: template.name }));
    await navigate({ to: "/templates" });
    await queries.invalidateQueries({ queryKey: [templatesPath] });
  };
  return (
    <ConfirmButton
      label={parts("delete")}
      title={t("deleteTitle", { name: template.name })}
      text={t("deleteText")}
      verb={t("deleteVerb")}
      act={act}
    />
  );
}
