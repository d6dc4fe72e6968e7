// One link definition, changed in place, with the addresses it makes beside it.
import { Box, Grid, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { patch, remove } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import type { LinkDefinition } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { Editable } from "@/parts/editable";
import { useEdited } from "@/parts/edited";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
import { Elsewhere, ShortLink } from "./addresses";
import { LinkEditor } from "./editor";
import { linkQuery, linksPath } from "./queries";
import { valuesOf } from "./values";

const route = getRouteApi("/inside/links/$id");

export function LinkPage() {
  const t = useTranslations("links");
  const { id } = route.useParams();
  const { data: link, error, refetch } = useQuery(linkQuery(id));
  if (error && !link) return <PageFailure error={error} retry={refetch} />;
  if (!link) return <Loading />;
  return (
    <Page title={link.name} back={{ to: "/links", label: t("title") }} actions={<DeleteButton link={link} />}>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <LinkForm key={link.id} link={link} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Stack gap="md">
            <ShortLink link={link} />
            <Elsewhere link={link} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function LinkForm({ link }: { link: LinkDefinition }) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const mayChange = useMay()("mail:write");
  const { draft, based, startOver } = useEdited(link, valuesOf);
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, ifVersion) => {
      const changes = mergePatch(valuesOf(based), values);
      return patch<LinkDefinition>(`${linksPath}/${link.id}`, changes, { ifVersion });
    },
    saved: async (saved) => {
      startOver(saved);
      toasts.done(t("saved"));
      await queries.invalidateQueries({ queryKey: [linksPath] });
    },
    reload: async () => startOver(await queries.fetchQuery({ ...linkQuery(link.id), staleTime: 0 })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Editable when={mayChange}>
        <LinkEditor draft={draft} />
      </Editable>
      {mayChange && (
        <Box className="save-bar">
          <SaveBar draft={draft} saving={saving} discard={() => startOver(based)} />
        </Box>
      )}
    </form>
  );
}

function DeleteButton({ link: { id, name } }: { link: LinkDefinition }) {
  const t = useTranslations("links");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  if (!useMay()("mail:write")) return null;
  const act = async () => {
    await remove(`${linksPath}/${id}`);
    toasts.done(t("deleted", { name }));
    await navigate({ to: "/links" });
    queries.removeQueries({ queryKey: [linksPath, "one", String(id)] });
    await queries.invalidateQueries({ queryKey: [linksPath] });
  };
  return (
    <ConfirmButton
      label={parts("delete")}
      title={t("deleteTitle", { name })}
      text={t("deleteText")}
      verb={t("deleteVerb")}
      act={act}
    />
  );
}
