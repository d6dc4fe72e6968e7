// A new segment, by hand or computed.

import { Button } from "@mantine/core";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Segment, SegmentGroup } from "@/api/types";
import { catalogueQuery } from "@/conditions/catalogue";
import { asGroup } from "@/conditions/model";
import { useDraft } from "@/parts/draft";
import { Empty } from "@/parts/empty";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { bodyOf, Definition, type SegmentValues } from "./definition";
import { GroupDialog } from "./group-dialog";
import { groupsQuery, segmentsPath } from "./queries";

const route = getRouteApi("/inside/segments/new");

export function NewSegment() {
  const t = useTranslations("segments");
  const { data: groups } = useSuspenseQuery(groupsQuery);
  return (
    <Page title={t("new")} back={{ to: "/segments", label: t("title") }}>
      {groups.length === 0 ? <FirstGroup /> : <NewSegmentForm groups={groups} />}
    </Page>
  );
}

function FirstGroup() {
  const t = useTranslations("segments");
  const [opened, setOpened] = useState(false);
  return (
    <Empty title={t("noGroups")} hint={t("noGroupsHint")}>
      <Button onClick={() => setOpened(true)}>{t("newGroup")}</Button>
      <GroupDialog editing={opened ? "new" : null} close={() => setOpened(false)} />
    </Empty>
  );
}

function NewSegmentForm({ groups }: { groups: SegmentGroup[] }) {
  const t = useTranslations("segments");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { group: asked, filter } = route.useSearch();
  const group = groups.find(({ id }) => id === asked) ?? groups.find(({ calculated }) => calculated);
  const calculated = group?.calculated ?? true;
  const draft = useDraft<SegmentValues>({
    name: "",
    groupId: group?.id ?? null,
    reference: "",
    description: "",
    calculated,
    condition: calculated ? asGroup(filter) : null,
    exportToNewsletter: [],
    useAsTargetGroup: false,
    unlinked: "delete",
  });
  const saving = useSaving({
    draft,
    version: null,
    send: (values) => post<Segment>(segmentsPath, bodyOf(values)),
    saved: async (segment) => {
      toasts.done(t("created", { name: segment.name }));
      await queries.invalidateQueries({ queryKey: [segmentsPath] });
      await queries.invalidateQueries({ queryKey: catalogueQuery.queryKey });
      await navigate({ to: "/segments/$id", params: { id: String(segment.id) }, search: { tab: "members" } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Definition draft={draft} isNew>
        <SaveBar
          draft={draft}
          saving={saving}
          isNew
          verb={t("createVerb")}
          discard={() => navigate({ to: "/segments", search: {} })}
        />
      </Definition>
    </form>
  );
}
