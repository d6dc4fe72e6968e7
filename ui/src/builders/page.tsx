// One builder: its settings, what they make, and for terms what they leave out.
import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { address, patch, remove } from "@/api/client";
import type { SegmentBuilder, UncoveredValue } from "@/api/types";
import { Count } from "@/parts/count";
import { useCursorList } from "@/parts/cursor-list";
import { Editable } from "@/parts/editable";
import { useEdited } from "@/parts/edited";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { groupsPath, segmentsPath } from "@/segments/queries";
import { useMay } from "@/shell/session";
import { BuilderEditor, type BuilderValues } from "./editor";
import { useKindName } from "./kind-name";
import { builderQuery, buildersPath } from "./queries";
import { readSettings, textOf } from "./settings";

const route = getRouteApi("/inside/builders/$id");

export function BuilderPage() {
  const t = useTranslations("builders");
  const nameOf = useKindName();
  const may = useMay();
  const { id } = route.useParams();
  const { data: builder, error, refetch } = useQuery(builderQuery(id));
  if (error && !builder) return <PageFailure error={error} retry={refetch} />;
  if (!builder) return <Loading />;
  return (
    <Page
      title={builder.name}
      hint={nameOf(builder.kind)}
      back={{ to: "/builders", label: t("title") }}
      actions={may("segments:write") && <DeleteButton builder={builder} />}
    >
      <Stack gap="md">
        <BuilderForm key={builder.id} builder={builder} />
        {builder.kind === "term" && <Uncovered builder={builder} />}
      </Stack>
    </Page>
  );
}

function valuesOf({ kind, name, settings }: SegmentBuilder): BuilderValues {
  return { kind, name, text: textOf(settings) };
}

function BuilderForm({ builder }: { builder: SegmentBuilder }) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const { draft, based, startOver } = useEdited(builder, valuesOf);
  const saving = useSaving({
    draft,
    version: based.version,
    send: ({ name, text }, ifVersion) =>
      patch<SegmentBuilder>(`${buildersPath}/${builder.id}`, { name, settings: readSettings(text) }, { ifVersion }),
    saved: async (saved) => {
      startOver(saved);
      toasts.done(t("saved"));
      for (const path of [buildersPath, groupsPath, segmentsPath])
        await queries.invalidateQueries({ queryKey: [path] });
      await queries.invalidateQueries({ queryKey: [uncoveredPath(builder)] });
    },
    reload: async () => startOver(await queries.fetchQuery({ ...builderQuery(builder.id), staleTime: 0 })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Editable when={may("segments:write")}>
        <BuilderEditor draft={draft} isNew={false}>
          {may("segments:write") && (
            <SaveBar
              draft={draft}
              saving={saving}
              disabled={readSettings(draft.values.text) === undefined}
              discard={() => startOver(based)}
            />
          )}
        </BuilderEditor>
      </Editable>
    </form>
  );
}

function uncoveredPath({ id }: SegmentBuilder): string {
  return `${buildersPath}/${id}/uncovered`;
}

function Uncovered({ builder }: { builder: SegmentBuilder }) {
  const t = useTranslations("builders");
  const list = useCursorList<UncoveredValue>(uncoveredPath(builder));
  const columns: Column<UncoveredValue>[] = [
    { key: "value", label: t("value"), cell: ({ value }) => value },
    { key: "count", label: t("occurs"), width: 120, end: true, cell: ({ count }) => <Count of={count} /> },
  ];
  return (
    <Card title={t("uncovered")} hint={t("uncoveredHint")}>
      <Rows
        label={t("uncovered")}
        columns={columns}
        list={list}
        keyOf={({ value }) => value}
        empty={<Text size="sm">{t("allCovered")}</Text>}
        compact
      />
    </Card>
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
