// The state of an export: a badge, and a bar while it is being written.
import { Badge, Box } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Export } from "@/api/types";
import { JobProgress } from "@/jobs/progress";

const colors: Record<Export["state"], string> = {
  queued: "gray",
  running: "blue",
  done: "pine",
  failed: "red",
  cancelled: "gray",
  expired: "gray",
};

export function ExportState({ one }: { one: Export }) {
  const t = useTranslations("exports");
  return (
    <>
      <Badge color={colors[one.state]} title={one.error ?? undefined}>
        {t(`states.${one.state}`)}
      </Badge>
      {one.state === "running" && (
        <Box mt={6} maw={140}>
          <ExportProgress one={one} />
        </Box>
      )}
    </>
  );
}

export function ExportProgress({ one }: { one: Export }) {
  return <JobProgress job={{ done: one.rowsDone, total: one.rowsTotal, state: "running" }} />;
}
