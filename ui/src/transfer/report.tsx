// How far an import is, what came of its rows, and which rows were refused and why.
import { Alert, Box, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconCheck, IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { steps } from "@/api/pointer";
import type { Import, ImportProblem, Problem } from "@/api/types";
import { useFollowed } from "@/jobs/follow";
import { Count } from "@/parts/count";
import { useCursorList } from "@/parts/cursor-list";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { type Column, Rows } from "@/parts/rows";
import { useToasts } from "@/parts/toasts";
import { useRefusalText } from "@/refusals";
import { allOf, download, problemsCsv } from "./problems-file";
import { hasEnded, importQuery, importsPath } from "./queries";
import { ImportState } from "./state";

export function ImportReport({ id }: { id: number }) {
  const { data: one, error, refetch } = useQuery(importQuery(id));
  const refusalText = useRefusalText();
  // The job says that it got further; by how many rows, the import itself has to say.
  useFollowed(one?.jobId && !hasEnded(one.state) ? [one.jobId] : [], () => refetch());
  if (error && !one) return <Failure error={error} retry={refetch} />;
  if (!one) return <LoadingLines lines={3} />;
  return (
    <Stack gap="md">
      <Figures one={one} />
      {one.error && (
        <Alert color="red" role="alert">
          {refusalText({ message: one.error })}
        </Alert>
      )}
      {one.rejected > 0 && <Problems one={one} />}
      {hasEnded(one.state) && one.rejected === 0 && !one.error && <AllFine one={one} />}
    </Stack>
  );
}

function Figures({ one }: { one: Import }) {
  const t = useTranslations("transfer");
  const words = useOutcomes(one);
  const percent = one.bytesTotal > 0 ? Math.floor((100 * one.bytesDone) / one.bytesTotal) : 0;
  const figures = [
    { word: t("rows"), count: one.rowsDone },
    { word: words.created, count: one.created },
    { word: words.updated, count: one.updated },
    { word: t("rejected"), count: one.rejected },
  ];
  return (
    <Box>
      <Group gap="xl" mb="xs" aria-live="polite">
        <ImportState one={one} />
        {figures.map(({ word, count }) => (
          <Text key={word} size="sm">
            <Text span fw={650}>
              <Count of={count} />
            </Text>{" "}
            {word}
          </Text>
        ))}
      </Group>
      <Progress
        value={hasEnded(one.state) ? 100 : percent}
        color={one.state === "failed" ? "red" : "pine"}
        aria-label={t("progress")}
      />
    </Box>
  );
}

/** What was done with a row, and that there was nothing to do: lists of members have words of their own. */
function useOutcomes({ kind, options }: Import): { created: string; updated: string } {
  const t = useTranslations("transfer");
  if (kind !== "members") return { created: t("created"), updated: t("updated") };
  const mode = options.mode ?? "add";
  const changes = Object.values(options.map ?? {}).some((target) => target === "since" || target === "counter");
  return {
    created: mode === "add" && changes ? t("members.addedOrChanged") : t(`members.done.${mode}`),
    updated: t(`members.found.${mode}`),
  };
}

function AllFine({ one }: { one: Import }) {
  const t = useTranslations("transfer");
  return (
    <Alert color="pine" icon={<IconCheck size={18} />}>
      {t(one.options?.dryRun ? "dryRunFine" : one.kind === "members" ? "members.fine" : "runFine", {
        count: one.rowsDone,
      })}
    </Alert>
  );
}

function Problems({ one }: { one: Import }) {
  const t = useTranslations("transfer");
  const path = `${importsPath}/${one.id}/problems`;
  const list = useCursorList<ImportProblem>(path);
  const reasonOf = useReason(one);
  const columns: Column<ImportProblem>[] = [
    { key: "row", label: t("row"), width: 90, cell: (problem) => <Count of={problem.row} /> },
    { key: "why", label: t("why"), cell: ({ problems }) => problems.map(reasonOf).join("; ") },
  ];
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={500}>
          {t("problems")}
        </Text>
        {hasEnded(one.state) && <DownloadButton path={path} fileName={one.fileName} />}
      </Group>
      <Box className="card">
        <Rows
          label={t("problems")}
          wrapping
          columns={columns}
          list={list}
          keyOf={(problem) => problem.row}
          empty={<LoadingLines lines={2} />}
        />
      </Box>
    </Stack>
  );
}

/** What lists of members are refused for is known here; the rest is told as every refusal is. */
function useReason({ kind }: Import): (problem: Problem) => string {
  const t = useTranslations("transfer.members.reasons");
  const refusalText = useRefusalText();
  return (problem) => {
    const { path, code } = problem;
    const isOurs = kind === "members" && (path === "/customer" || code === "in_future");
    if (isOurs && t.has(code as never)) return t(code as never);
    return `${path === "" ? "" : `${steps(path).join(" › ")}: `}${refusalText(problem)}`;
  };
}

function DownloadButton({ path, fileName }: { path: string; fileName: string }) {
  const t = useTranslations("transfer");
  const toasts = useToasts();
  const [isBusy, setBusy] = useState(false);
  const act = async () => {
    setBusy(true);
    try {
      download(`${fileName}.problems.csv`, problemsCsv(await allOf<ImportProblem>(path)));
    } catch (error) {
      toasts.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} />} loading={isBusy} onClick={act}>
      {t("downloadProblems")}
    </Button>
  );
}
