// How far an import is, what came of its rows, and which rows were refused and why.
import { Alert, Box, Group, Progress, Stack, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { steps } from "@/api/pointer";
import type { Import, ImportProblem } from "@/api/types";
import { useFollowed } from "@/jobs/follow";
import { Count } from "@/parts/count";
import { useCursorList } from "@/parts/cursor-list";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { type Column, Rows } from "@/parts/rows";
import { ImportState } from "./page";
import { hasEnded, importQuery, importsPath } from "./queries";

export function ImportReport({ id }: { id: number }) {
  const { data: one, error, refetch } = useQuery(importQuery(id));
  // The job says that it got further; by how many rows, the import itself has to say.
  useFollowed(one?.jobId && !hasEnded(one.state) ? [one.jobId] : [], () => refetch());
  if (error && !one) return <Failure error={error} retry={refetch} />;
  if (!one) return <LoadingLines lines={3} />;
  return (
    <Stack gap="md">
      <Figures one={one} />
      {one.error && (
        <Alert color="red" role="alert">
          {one.error}
        </Alert>
      )}
      {one.rejected > 0 && <Problems one={one} />}
      {hasEnded(one.state) && one.rejected === 0 && !one.error && <AllFine one={one} />}
    </Stack>
  );
}

function Figures({ one }: { one: Import }) {
  const t = useTranslations("transfer");
  const percent = one.bytesTotal > 0 ? Math.floor((100 * one.bytesDone) / one.bytesTotal) : 0;
  const figures = [
    { word: t("rows"), count: one.rowsDone },
    { word: t("created"), count: one.created },
    { word: t("updated"), count: one.updated },
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

function AllFine({ one }: { one: Import }) {
  const t = useTranslations("transfer");
  return (
    <Alert color="pine" icon={<IconCheck size={18} />}>
      {t(one.options?.dryRun ? "dryRunFine" : "runFine", { count: one.rowsDone })}
    </Alert>
  );
}

function Problems({ one }: { one: Import }) {
  const t = useTranslations("transfer");
  const list = useCursorList<ImportProblem>(`${importsPath}/${one.id}/problems`);
  const columns: Column<ImportProblem>[] = [
    { key: "row", label: t("row"), width: 90, cell: (problem) => <Count of={problem.row} /> },
    {
      key: "why",
      label: t("why"),
      cell: (problem) =>
        problem.problems
          .map(({ path, message }) => `${path === "" ? "" : `${steps(path).join(" › ")}: `}${message}`)
          .join("; "),
    },
  ];
  return (
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
  );
}
