// One builder: its settings, what they make, and for terms what they leave out.
import { Button, Group, Modal, Radio, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { address, patch, remove } from "@/api/client";
import type { SegmentBuilder } from "@/api/types";
import { useEdited } from "@/parts/edited";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { useUnhurried } from "@/parts/unhurried";
import { groupsPath, segmentsPath } from "@/segments/queries";
import { useMay } from "@/shell/session";
import { BuilderEditor, useSubmit } from "./editor";
import { useKindName } from "./kind-name";
import { builderQuery, buildersPath } from "./queries";
import { Uncovered, uncoveredPath } from "./uncovered";
import { type BuilderValues, sentOf, settingsIn, valuesFrom } from "./values";

const route = getRouteApi("/inside/builders/$id");

export function BuilderPage() {
  const t = useTranslations("builders");
  const nameOf = useKindName();
  const may = useMay();
  const { id } = route.useParams();
  const { data: builder, error, refetch } = useQuery(builderQuery(id));
  const isDrawn = useUnhurried(builder);
  if (error && !builder) return <PageFailure error={error} retry={refetch} />;
  if (!builder || !isDrawn) return <Loading />;
  return (
    <Page
      title={builder.name}
      hint={nameOf(builder.kind)}
      back={{ to: "/builders", label: t("title") }}
      actions={may("segments:write") && <DeleteButton builder={builder} />}
    >
      <BuilderForm key={builder.id} builder={builder} />
    </Page>
  );
}

function valuesOf({ kind, name, settings }: SegmentBuilder): BuilderValues {
  return valuesFrom(kind, name, settings);
}

function BuilderForm({ builder }: { builder: SegmentBuilder }) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const { draft, based, startOver } = useEdited(builder, valuesOf, sentOf);
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, ifVersion) => {
      const body = { name: values.name, settings: settingsIn(values) };
      return patch<SegmentBuilder>(`${buildersPath}/${builder.id}`, body, { ifVersion });
    },
    saved: async (saved) => {
      startOver(saved);
      toasts.done(t("saved"));
      for (const path of [buildersPath, groupsPath, segmentsPath])
        await queries.invalidateQueries({ queryKey: [path] });
      await queries.invalidateQueries({ queryKey: [uncoveredPath(builder)] });
    },
    reload: async () => startOver(await queries.fetchQuery({ ...builderQuery(builder.id), staleTime: 0 })),
  });
  const { tried, submit } = useSubmit(draft, saving);
  return (
    <form onSubmit={submit} noValidate>
      <BuilderEditor
        draft={draft}
        isNew={false}
        tried={tried}
        beside={builder.kind === "term" && <Uncovered builder={builder} draft={draft} />}
      >
        {may("segments:write") && (
          <SaveBar
            draft={draft}
            saving={saving}
            disabled={settingsIn(draft.values) === undefined}
            discard={() => startOver(based)}
          />
        )}
      </BuilderEditor>
    </form>
  );
}

function DeleteButton({ builder }: { builder: SegmentBuilder }) {
  const t = useTranslations("builders");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [opened, dialog] = useDisclosure(false);
  const [segments, setSegments] = useState("delete");
  const [isBusy, setBusy] = useState(false);
  const act = async () => {
    setBusy(true);
    try {
      await remove(address(`${buildersPath}/${builder.id}`, { segments }));
      toasts.done(t("deleted", { name: builder.name }));
      await navigate({ to: "/builders" });
      queries.removeQueries({ queryKey: [buildersPath, "one", String(builder.id)] });
      for (const path of [buildersPath, groupsPath, segmentsPath])
        await queries.invalidateQueries({ queryKey: [path] });
    } catch (error) {
      toasts.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {parts("delete")}
      </Button>
      <Modal
        opened={opened}
        onClose={dialog.close}
        title={t("deleteTitle", { name: builder.name })}
        closeButtonProps={{ "aria-label": parts("close") }}
      >
        <Radio.Group label={t("deleteSegments")} value={segments} onChange={setSegments}>
          <Stack gap={6} mt={6}>
            <Radio value="delete" label={t("segmentsDelete")} />
            <Radio value="keep" label={t("segmentsKeep")} />
          </Stack>
        </Radio.Group>
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={dialog.close} data-autofocus>
            {parts("cancel")}
          </Button>
          <Button color="red.8" loading={isBusy} onClick={act}>
            {t("deleteVerb")}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
