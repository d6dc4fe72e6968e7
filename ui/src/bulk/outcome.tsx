// How something ended, as badges: a bulk action, and for one customer.
import { Badge, Box } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Bulk, BulkOutcome } from "@/api/types";
import { JobProgress } from "@/jobs/progress";
import { doneOf } from "./queries";

const stateColors: Record<Bulk["state"], string> = {
  queued: "gray",
  running: "blue",
  done: "pine",
  failed: "red",
  cancelled: "gray",
};
const outcomeColors: Record<BulkOutcome["outcome"], string> = { changed: "pine", same: "gray", refused: "red" };

export function StateBadge({ one }: { one: Bulk }) {
  const t = useTranslations("bulk");
  return (
    <Badge color={stateColors[one.state]} title={one.error ?? undefined}>
      {t(`states.${one.state}`)}
    </Badge>
  );
}

/** With how far it is. */
export function BulkState({ one }: { one: Bulk }) {
  return (
    <>
      <StateBadge one={one} />
      {one.state === "running" && (
        <Box mt={6} maw={140}>
          <BulkProgress one={one} />
        </Box>
      )}
    </>
  );
}

export function BulkProgress({ one }: { one: Bulk }) {
  return <JobProgress job={{ done: doneOf(one), total: one.total, state: "running" }} />;
}

export function OutcomeBadge({ outcome }: { outcome: BulkOutcome["outcome"] }) {
  const t = useTranslations("bulk");
  return <Badge color={outcomeColors[outcome]}>{t(`outcomes.${outcome}`)}</Badge>;
}
