// One rule: its definition, and how each of its runs went.
import { Badge, Group, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { address, patch, remove } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import type { PlaceCount, Rule, RunningCustomers } from "@/api/types";
import { RunningJob } from "@/jobs/running";
import { ConfirmButton } from "@/parts/confirm";
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
import { ruleTabs } from "@/searches";
import { useMay } from "@/shell/session";
import { RuleEditor } from "./editor";
import { placesQuery, ruleQuery, rulesPath } from "./queries";
import { isRerouted, travellers } from "./rerouting";
import { RunNow } from "./run-now";
import { TryOut } from "./try-out";
import { bodyOf, valuesOf } from "./values";

const Planned = later(() => import("./planned"), "Planned");
const Runs = later(() => import("./runs"), "Runs");
const RunningQuestion = later(() => import("./running-question"), "RunningQuestion", null);

const route = getRouteApi("/inside/rules/$id");
const noPlaces: PlaceCount[] = [];

export function RulePage() {
  const t = useTranslations("automation");
  const { id } = route.useParams();
  const { tab = "definition" } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: rule, error, refetch } = useQuery(ruleQuery(id));
  const isDrawn = useUnhurried(rule);
  const [job, setJob] = useState<number | null>(null);
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: [rulesPath] });
  if (error && !rule) return <PageFailure error={error} retry={refetch} />;
  if (!rule || !isDrawn) return <Loading />;
  const open = (value: string | null) =>
    navigate({ search: { tab: ruleTabs.find((candidate) => candidate === value) }, replace: true });
  const title = (
    <Group gap="xs" component="span">
      <span>{rule.name}</span>
      <Badge color={rule.active ? "pine" : "gray"}>{t(rule.active ? "isOn" : "isOff")}</Badge>
    </Group>
  );
  return (
    <Page
      title={title}
      name={rule.name}
      hint={rule.description || undefined}
      back={{ to: "/rules", label: t("title") }}
      actions={
        <>
          <RunNow rule={rule} started={setJob} />
          <DeleteButton rule={rule} />
        </>
      }
    >
      <RunningJob job={job} text={t("running")} ended={refresh} />
      <Tabs value={tab} onChange={open} keepMounted={false}>
        <Tabs.List mb="md">
          {ruleTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="definition">
          <RuleForm key={rule.id} rule={rule} />
        </Tabs.Panel>
        <Tabs.Panel value="planned">
          <Planned rule={rule} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <Runs rule={rule} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function RuleForm({ rule }: { rule: Rule }) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const { draft, based, startOver } = useEdited(rule, valuesOf, bodyOf);
  const { data: places = noPlaces } = useQuery({ ...placesQuery(rule.id), enabled: rule.steps.length > 0 });
  const running = useRef<RunningCustomers>("finish");
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, ifVersion) => {
      const changes = mergePatch(bodyOf(valuesOf(based)), bodyOf(values));
      const path = address(`${rulesPath}/${rule.id}`, { running: running.current });
      return patch<Rule>(path, changes, { ifVersion });
    },
    saved: async (saved) => {
      startOver(saved);
      toasts.done(t("saved"));
      await queries.invalidateQueries({ queryKey: [rulesPath] });
    },
    reload: async () => startOver(await queries.fetchQuery({ ...ruleQuery(rule.id), staleTime: 0 })),
  });
  const [isAsking, question] = useDisclosure(false);
  const underWay = travellers(places);
  const isOtherWay = underWay > 0 && isRerouted(based, draft.values);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isOtherWay) return question.open();
    // The way is the same, so those on it may as well be on the newest version.
    running.current = based.steps.length > 0 ? "move" : "finish";
    saving.save();
  };
  const choose = (choice: RunningCustomers) => {
    running.current = choice;
    question.close();
    saving.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Editable when={may("rules:write")}>
        <RuleEditor
          draft={draft}
          places={isOtherWay ? noPlaces : places}
          version={based.version}
          underWay={isOtherWay ? underWay : 0}
        />
      </Editable>
      {may("rules:write") && (
        <Group className="save-bar" gap="xs" align="flex-end">
          <SaveBar draft={draft} saving={saving} discard={() => startOver(based)} />
          <TryOut draft={draft} ruleId={rule.id} />
        </Group>
      )}
      {underWay > 0 && <RunningQuestion opened={isAsking} count={underWay} close={question.close} choose={choose} />}
    </form>
  );
}

function DeleteButton({ rule }: { rule: Rule }) {
  const t = useTranslations("automation");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  if (!useMay()("rules:write")) return null;
  const act = async () => {
    await remove(`${rulesPath}/${rule.id}`);
    toasts.done(t("deleted", { name: rule.name }));
    await navigate({ to: "/rules", search: {} });
    await queries.invalidateQueries({ queryKey: [rulesPath] });
  };
  return (
    <ConfirmButton
      label={parts("delete")}
      title={t("deleteTitle", { name: rule.name })}
      text={t("deleteText")}
      verb={t("deleteVerb")}
      act={act}
    />
  );
}
