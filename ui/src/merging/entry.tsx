// What the timeline of a customer says of a merge: who became a part of him, what was taken over, and the way back.
import { Badge, Group, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { MergeConflict } from "@/api/types";
import { Conflicts } from "./conflicts";
import { usePlanField } from "./field-name";
import { UndoButton } from "./undo-button";

type Detail = Record<string, unknown>;

export function MergeEntry({ detail }: { detail: Detail }) {
  const t = useTranslations("merging");
  const fieldOf = usePlanField();
  const taken = (detail.taken ?? []) as { name: string }[];
  const conflicts = (detail.conflicts ?? []) as MergeConflict[];
  const isAutomatic = (detail.cause as Detail | undefined)?.by === "automatic";
  const isUndone = detail.state === "undone";
  const merge = {
    id: Number(detail.mergeId),
    undoable: detail.undoable === true,
    coveredBy: typeof detail.coveredBy === "number" ? detail.coveredBy : null,
  };
  const by = (detail.actor as Detail | undefined)?.name;
  return (
    <>
      <Text size="sm" c="dimmed">
        {[t("mergeNumber", { id: merge.id }), `#${detail.otherId} → #${detail.survivorId}`, by]
          .filter(Boolean)
          .join(" · ")}
      </Text>
      {taken.length > 0 && (
        <Text size="sm" c="dimmed">
          {t("taken", { fields: taken.map(({ name }) => fieldOf(name)).join(", ") })}
        </Text>
      )}
      <Group gap="xs" mt={4}>
        {isAutomatic && <Badge color="blue">{t("automatic")}</Badge>}
        {isUndone ? <Badge color="gray">{t("isUndone")}</Badge> : <UndoButton merge={merge} />}
      </Group>
      <Conflicts conflicts={conflicts} />
    </>
  );
}
