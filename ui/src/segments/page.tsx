// One segment: what it is and who is in it.
import { Alert, Anchor, Badge, Group, Stack, Tabs } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { address, patch } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import type { Segment } from "@/api/types";
import { catalogueQuery } from "@/conditions/catalogue";
import { Count } from "@/parts/count";
import { Editable } from "@/parts/editable";
import { useEdited } from "@/parts/edited";
import { later } from "@/parts/later";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { useUnhurried } from "@/parts/unhurried";
import { segmentTabs } from "@/searches";
import { useMay } from "@/shell/session";
import { Definition, valuesOf } from "./definition";
import { KindBadge } from "./kind";
import { segmentQuery, segmentsPath } from "./queries";
import { RebuildButton, RebuildProgress } from "./rebuild";
import { DeleteButton } from "./removal";
import { UsesCard } from "./uses";

const Forecast = later(() => import("./forecast"), "Forecast");
const History = later(() => import("./history"), "History");
const Members = later(() => import("./members"), "Members");

const route = getRouteApi("/inside/segments/$id");

export function SegmentPage() {
  const t = useTranslations("segments");
  const { id } = route.useParams();
  const { tab = "definition" } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: segment, error, refetch } = useQuery(segmentQuery(id));
  const isDrawn = useUnhurried(segment);
  if (error && !segment) return <PageFailure error={error} retry={refetch} />;
  if (!segment || !isDrawn) return <Loading />;
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
      <RebuildProgress job={segment.building ? segment.rebuildJobId : null} />
      <Tabs value={tab} onChange={open} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="definition">{t("tabs.definition")}</Tabs.Tab>
          <Tabs.Tab value="members" rightSection={<Count of={segment.size} />}>
            {t("tabs.members")}
          </Tabs.Tab>
          <Tabs.Tab value="forecast">{t(segment.calculated ? "tabs.forecast" : "tabs.history")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="definition">
          <Stack gap="md">
            {segment.builderId !== null && <BuiltNote builder={segment.builderId} />}
            <SegmentEditor key={segment.id} segment={segment} />
            <UsesCard segment={segment} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="members">
          <Members segment={segment} />
        </Tabs.Panel>
        <Tabs.Panel value="forecast">
          <Stack gap="md">
            {segment.calculated && <Forecast segment={segment} />}
            <History segment={segment} />
          </Stack>
        </Tabs.Panel>
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

/** What a builder makes is changed there. */
function BuiltNote({ builder }: { builder: number }) {
  const t = useTranslations("segments");
  return (
    <Alert icon={<IconStack2 size={18} />}>
      {t("built")}{" "}
      <Anchor component={Link} to={`/builders/${builder}`} size="sm" underline="always">
        {t("toBuilder")}
      </Anchor>
    </Alert>
  );
}

function SegmentEditor({ segment }: { segment: Segment }) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const canChange = may("segments:write") && segment.builderId === null;
  const { draft, based, startOver } = useEdited(segment, valuesOf);
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, version) => {
      const isUnlinked = based.useAsTargetGroup && !values.useAsTargetGroup;
      const path = address(`${segmentsPath}/${segment.id}`, isUnlinked ? { targetGroup: values.unlinked } : {});
      return patch<Segment>(path, changesOf(based, values), { ifVersion: version });
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
      <Editable when={canChange}>
        <Definition draft={draft} isNew={false} readOnly={!canChange}>
          {canChange && <SaveBar draft={draft} saving={saving} discard={() => startOver(based)} />}
        </Definition>
      </Editable>
    </form>
  );
}

/** The condition goes as a whole: the server takes it as one value and does not merge trees. */
function changesOf(based: Segment, values: ReturnType<typeof valuesOf>): object {
  const { condition, unlinked: _, ...rest } = values;
  const { condition: before, unlinked: __, ...restBefore } = valuesOf(based);
  const changes = mergePatch(restBefore, rest);
  return JSON.stringify(condition) === JSON.stringify(before) ? changes : { ...changes, condition };
}

function Actions({ segment }: { segment: Segment }) {
  const t = useTranslations("segments");
  if (!useMay()("segments:write")) return null;
  return (
    <>
      {segment.calculated && <RebuildButton path={`${segmentsPath}/${segment.id}/rebuild`} label={t("rebuild")} />}
      {segment.builderId === null && <DeleteButton segment={segment} />}
    </>
  );
}
