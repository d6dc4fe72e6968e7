// The state of an import as a badge, with others for its undoing and for dry runs.
import { Badge } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Import } from "@/api/types";

const colors: Record<Import["state"], string> = {
  queued: "gray",
  running: "blue",
  done: "pine",
  failed: "red",
  cancelled: "gray",
};

export function ImportState({ one }: { one: Import }) {
  const t = useTranslations("transfer");
  return (
    <>
      <Badge color={colors[one.state]}>{t(`states.${one.state}`)}</Badge>{" "}
      {one.undo && (
        <Badge color={one.undo.state === "failed" ? "red" : "gray"}>{t(`undo.badges.${one.undo.state}`)}</Badge>
      )}{" "}
      {one.options?.dryRun && <Badge color="gray">{t("dryRunBadge")}</Badge>}
    </>
  );
}
