// One segment: what it is and who is in it.
import { Badge, Box, Button, Group, Tabs } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { patch, post, remove } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import type { Segment } from "@/api/types";
import { catalogueQuery } from "@/conditions/catalogue";
import { useFollowed } from "@/jobs/follow";
import { JobProgress } from "@/jobs/progress";
import { jobQuery } from "@/jobs/queries";
import { ConfirmButton } from "@/parts/confirm";
import { Count } from "@/parts/count";
import { Editable } from "@/parts/editable";
import { useEdited } from "@/parts/edited";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { segmentTabs } from "@/searches";
import { useMay } from "@/shell/session";
import { Definition, valuesOf } from "./definition";
import { Forecast } from "./forecast";
import { KindBadge } from "./kind";
import { Members } from "./members";
import { segmentQuery, segmentsPath } from "./queries";

const route = getRouteApi("/inside/segments/$id");

export function SegmentPage() {
  const t = useTranslations("segments");
  const { id } = route.useParams();
  const { tab = "definition" } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: segment, error, refetch } = useQuery(segmentQuery(id));
  if (error && !segment) return <PageFailure error={error} retry={refetch} />;
  if (!segment) return <Loading />;
  const open = (value: string | null) =>
    navigate({ search: { tab: segmentTabs.find((candidate) => candidate === value) }, replace: true });
  return (
    <Page
      title={<Heading segment={segment} />}
      name={segment.name}
      hint={segment.description || undefined}
      back={{ to: "/segments", label: t("title") }}
      actions={<Actions segment={segment} />}
    >
      <RebuildProgress segment={segment} />
      <Tabs value={tab} onChange={open} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="definition">{t("tabs.definition")}</Tabs.Tab>
          <Tabs.Tab value="members" rightSection={<Count of={segment.size} />}>
            {t("tabs.members")}
          </Tabs.Tab>
          {segment.calculated && <Tabs.Tab value="forecast">{t("tabs.forecast")}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="definition">
          <SegmentEditor key={segment.id} segment={segment} />
        </Tabs.Panel>
        <Tabs.Panel value="members">
          <Members segment={segment} />
        </Tabs.Panel>
        {segment.calculated && (
          <Tabs.Panel value="forecast">
            <Forecast segment={segment} />
          </Tabs.Panel>
        )}
      </Tabs>
    </Page>
  );
}

function Heading({ segment }: { segment: Segment }) {
  const t = useTranslations("segments");
  return (
    <Group gap="xs" component="span">
      <span>{segment.name}</span>
      <KindBadge calculated={segment.calculated} />
      {segment.building && <Badge color="orange">{t("building")}</Badge>}
    </Group>
  );
}

function RebuildProgress({ segment }: { segment: Segment }) {
  const id = segment.building ? segment.rebuildJobId : null;
  const { data: job } = useQuery({ ...jobQuery(id ?? 0), enabled: id !== null });
  useFollowed(id === null ? [] : [id]);
  if (id === null || !job) return null;
  return (
    <Box>
      <JobProgress job={job} />
    </Box>
  );
}

function SegmentEditor({ segment }: { segment: Segment }) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const { draft, based, startOver } = useEdited(segment, valuesOf);
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, version) => {
      const changes = changesOf(based, values);
      return patch<Segment>(`${segmentsPath}/${segment.id}`, changes, { ifVersion: version });
    },
    saved: async (saved) => {
      startOver(saved);
      toasts.done(t("saved"));
      await queries.invalidateQueries({ queryKey: [segmentsPath] });
      await queries.invalidateQueries({ queryKey: catalogueQuery.queryKey });
    },
    reload: async () => startOver(await queries.fetchQuery({ ...segmentQuery(segment.id), staleTime: 0 })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Editable when={may("segments:write")}>
        <Definition draft={draft} isNew={false}>
          {may("segments:write") && <SaveBar draft={draft} saving={saving} discard={() => startOver(based)} />}
        </Definition>
      </Editable>
    </form>
  );
}

/** The condition goes as a whole: the server takes it as one value and does not merge trees. */
function changesOf(based: Segment, values: ReturnType<typeof valuesOf>): object {
  const { condition, ...rest } = values;
  const { condition: before, ...restBefore } = valuesOf(based);
  const changes = mergePatch(restBefore, rest);
  return JSON.stringify(condition) === JSON.stringify(before) ? changes : { ...changes, condition };
}

function Actions({ segment }: { segment: Segment }) {
  const t = useTranslations("segments");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const may = useMay();
  const [isBusy, setBusy] = useState(false);
  if (!may("segments:write")) return null;
  const rebuild = async () => {
    setBusy(true);
    try {
      await post(`${segmentsPath}/${segment.id}/rebuild`);
      toasts.done(t("rebuildStarted"));
      await queries.invalidateQueries({ queryKey: [segmentsPath] });
      await queries.invalidateQueries({ queryKey: ["/api/jobs"] });
    } catch (error) {
      toasts.failed(error);
    } finally {
      setBusy(false);
    }
  };
  const act = async () => {
    await remove(`${segmentsPath}/${segment.id}`);
    toasts.done(t("deleted", { name: segment.name }));
    await navigate({ to: "/segments", search: {} });
    await queries.invalidateQueries({ queryKey: [segmentsPath] });
  };
  return (
    <>
      {segment.calculated && (
        <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={rebuild} loading={isBusy}>
          {t("rebuild")}
        </Button>
      )}
      <ConfirmButton
        label={parts("delete")}
        title={t("deleteTitle", { name: segment.name })}
        text={t("deleteText")}
        verb={t("deleteVerb")}
        act={act}
      />
    </>
  );
}
