// All segments in their groups, with their sizes.
import { Badge, Button, Group, Menu, Stack, Text, TextInput } from "@mantine/core";
import { IconFolderPlus, IconPlus, IconSearch, IconTargetArrow } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Segment, SegmentGroup } from "@/api/types";
import { Count } from "@/parts/count";
import { whole } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Failure } from "@/parts/failure";
import { LinkButton, LinkItem } from "@/parts/link-button";
import { LoadingLines } from "@/parts/loading";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { GroupDialog, type GroupEditing } from "./group-dialog";
import { KindBadge } from "./kind";
import { groupsQuery, segmentsPath, segmentsQuery } from "./queries";
import { RebuildButton, RebuildProgress } from "./rebuild";

const route = getRouteApi("/inside/segments");

export function SegmentList() {
  const t = useTranslations("segments");
  const { q = "" } = route.useSearch();
  const groups = useQuery(groupsQuery);
  const segments = useQuery(segmentsQuery);
  const [editing, setEditing] = useState<GroupEditing>(null);
  const [rebuild, setRebuild] = useState<number | null>(null);
  const error = groups.error ?? segments.error;
  const isKnown = groups.data !== undefined && segments.data !== undefined;
  return (
    <Page
      title={t("title")}
      hint={t("hint")}
      actions={<Actions editGroup={() => setEditing("new")} rebuilding={setRebuild} />}
    >
      <RebuildProgress job={rebuild} />
      <SearchBox q={q} />
      {error && !isKnown && <Failure error={error} retry={segments.refetch} />}
      {!error && !isKnown && <LoadingLines lines={8} />}
      {isKnown && <Groups groups={groups.data} segments={segments.data} q={q} edit={setEditing} />}
      <GroupDialog editing={editing} close={() => setEditing(null)} />
    </Page>
  );
}

function Actions({ editGroup, rebuilding }: { editGroup: () => void; rebuilding: (job: number) => void }) {
  const t = useTranslations("segments");
  if (!useMay()("segments:write")) return null;
  return (
    <>
      <RebuildButton
        path={`${segmentsPath}/rebuild`}
        body={{ all: true }}
        label={t("rebuildAll")}
        started={rebuilding}
      />
      <Button variant="default" leftSection={<IconFolderPlus size={16} />} onClick={editGroup}>
        {t("newGroup")}
      </Button>
      <LinkButton to="/segments/new" leftSection={<IconPlus size={16} />}>
        {t("new")}
      </LinkButton>
    </>
  );
}

function SearchBox({ q }: { q: string }) {
  const t = useTranslations("segments");
  const navigate = route.useNavigate();
  return (
    <TextInput
      w={{ base: "100%", sm: 300 }}
      type="search"
      aria-label={t("search")}
      placeholder={t("search")}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={q}
      onChange={(event) => {
        const wanted = event.currentTarget.value;
        navigate({ search: (before) => ({ ...before, q: wanted || undefined }), replace: true });
      }}
    />
  );
}

type GroupsProps = {
  groups: SegmentGroup[];
  segments: Segment[];
  q: string;
  edit: (group: SegmentGroup) => void;
};

function Groups({ groups, segments, q, edit }: GroupsProps) {
  const t = useTranslations("segments");
  const wanted = q.toLowerCase();
  const found = segments.filter(({ name, reference }) => `${name} ${reference ?? ""}`.toLowerCase().includes(wanted));
  const shown = groups
    .map((group) => ({ group, segments: found.filter(({ groupId }) => groupId === group.id) }))
    .filter((entry) => q === "" || entry.segments.length > 0);
  if (groups.length === 0) {
    return (
      <Empty title={t("none")} hint={t("noneHint")} icon={IconTargetArrow}>
        <LinkButton to="/segments/new">{t("new")}</LinkButton>
      </Empty>
    );
  }
  if (shown.length === 0) return <Empty title={t("nothingFits")} icon={IconSearch} />;
  return (
    <Stack gap="md">
      {shown.map((entry) => (
        <GroupCard key={entry.group.id} {...entry} edit={edit} />
      ))}
    </Stack>
  );
}

type GroupCardProps = { group: SegmentGroup; segments: Segment[]; edit: (group: SegmentGroup) => void };

function GroupCard({ group, segments, edit }: GroupCardProps) {
  const t = useTranslations("segments");
  const may = useMay();
  const columns: Column<Segment>[] = [
    { key: "name", label: t("name"), cell: (segment) => <NameCell segment={segment} /> },
    {
      key: "changed",
      label: t("changed"),
      width: 150,
      wideOnly: true,
      cell: (segment) => <When at={segment.updatedAt} />,
    },
    { key: "size", label: t("size"), width: 120, end: true, cell: (segment) => <Count of={segment.size} /> },
  ];
  return (
    <Card
      flush
      title={
        <Group gap="xs" component="span">
          {group.name} <KindBadge calculated={group.calculated} />
        </Group>
      }
      hint={group.reference}
      actions={
        may("segments:write") && (
          <Menu>
            <Menu.Target>
              <Button size="compact-sm" variant="default" aria-label={t("groupMenu", { name: group.name })}>
                {t("group")} …
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => edit(group)}>{t("editGroup")}</Menu.Item>
              <LinkItem to="/segments/new" search={{ group: group.id }}>
                {t("newInGroup")}
              </LinkItem>
            </Menu.Dropdown>
          </Menu>
        )
      }
    >
      <Rows
        label={group.name}
        columns={columns}
        list={whole(segments)}
        keyOf={(segment) => segment.id}
        empty={
          <Text size="sm" c="dimmed" px="md" pb="md">
            {t("groupEmpty")}
          </Text>
        }
      />
    </Card>
  );
}

function NameCell({ segment }: { segment: Segment }) {
  const t = useTranslations("segments");
  return (
    <Group gap={8} wrap="nowrap">
      <Link to="/segments/$id" params={{ id: String(segment.id) }} search={{}} className="row-link">
        {segment.name}
      </Link>
      {segment.building && <Badge color="orange">{t("building")}</Badge>}
    </Group>
  );
}
