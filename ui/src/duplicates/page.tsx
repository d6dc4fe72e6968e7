// Customers who may be one person: looked for, reviewed pair by pair, and what became of them.
import { Box, Group, Select, Tabs, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconChartBar, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { Failure } from "@/parts/failure";
import { later } from "@/parts/later";
import { LinkButton } from "@/parts/link-button";
import { Page } from "@/parts/page";
import { duplicateTabs } from "@/searches";
import { useMay } from "@/shell/session";
import { BulkMerge } from "./bulk";
import { reportQuery } from "./queries";
import { Queue } from "./queue";
import { useSearching } from "./searching";

const MergeLog = later(() => import("@/merging/log"), "MergeLog");
const Quarantine = later(() => import("@/merging/quarantine"), "Quarantine");
const Clusters = later(() => import("./clusters"), "Clusters");

const route = getRouteApi("/inside/duplicates");
const DEBOUNCE_MS = 250;
const scores = [60, 70, 80, 90, 95, 99] as const;

export function DuplicatesPage() {
  const t = useTranslations("duplicates");
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { tab = "open" } = search;
  const { data: report, error, refetch } = useQuery(reportQuery);
  const searching = useSearching(report?.lastRun ?? null);
  const open = (value: string | null) =>
    navigate({ search: { tab: duplicateTabs.find((name) => name === value && name !== "open") }, replace: true });
  const isReview = tab === "open" || tab === "declined";
  const shown = duplicateTabs.filter((name) => may("merging:read") || (name !== "quarantine" && name !== "merged"));
  return (
    <Page
      title={t("title")}
      hint={t("hint")}
      actions={
        <>
          <LinkButton to="/duplicates/report" variant="default" leftSection={<IconChartBar size={16} />}>
            {t("report")}
          </LinkButton>
          {may("merging:write") && <BulkMerge />}
          {searching.button}
        </>
      }
    >
      {searching.progress}
      {error && !report && <Failure error={error} retry={refetch} />}
      <Box className="card">
        <Tabs value={tab} onChange={open} keepMounted={false}>
          <Tabs.List px="xs">
            {shown.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {t(`tabs.${name}`)}
                {name === "open" && report ? ` (${report.open})` : ""}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {isReview && <Filter />}
          {(["open", "declined"] as const).map((state) => (
            <Tabs.Panel key={state} value={state}>
              <Queue key={state} state={state} search={search} wasRun={Boolean(report?.lastRun)} />
            </Tabs.Panel>
          ))}
          <Tabs.Panel value="clusters">
            <Clusters />
          </Tabs.Panel>
          <Tabs.Panel value="quarantine">
            <Quarantine />
          </Tabs.Panel>
          <Tabs.Panel value="merged">
            <MergeLog />
          </Tabs.Panel>
        </Tabs>
      </Box>
    </Page>
  );
}

function Filter() {
  const t = useTranslations("duplicates");
  const navigate = route.useNavigate();
  const { q = "", min } = route.useSearch();
  const [text, setText] = useState(q);
  const change = (part: { q?: string; min?: number }) =>
    navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const look = useDebouncedCallback((wanted: string) => change({ q: wanted.trim() || undefined }), DEBOUNCE_MS);
  useEffect(() => setText(q), [q]);
  return (
    <Group gap="xs" p="sm" style={{ borderBottom: "1px solid var(--regulars-line)" }}>
      <TextInput
        w={{ base: "100%", sm: 260 }}
        type="search"
        aria-label={t("search")}
        placeholder={t("search")}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          look(currentTarget.value);
        }}
      />
      <Select
        w={190}
        aria-label={t("minScore")}
        allowDeselect={false}
        value={String(min ?? "")}
        onChange={(value) => change({ min: value ? Number(value) : undefined })}
        data={[
          { value: "", label: t("anyScore") },
          ...[...new Set([...scores, ...(min === undefined ? [] : [min])])]
            .sort((one, other) => one - other)
            .map((score) => ({ value: String(score), label: t("fromScore", { score }) })),
        ]}
      />
    </Group>
  );
}
