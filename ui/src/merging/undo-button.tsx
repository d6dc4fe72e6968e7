// Undoes a merge after asking; where another one has to be undone first, says which.
import { Text } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { Merge } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
import { useUndo } from "./acts";

type Props = { merge: Pick<Merge, "id" | "undoable" | "coveredBy">; done?: () => void };

export function UndoButton({ merge: { id, undoable, coveredBy }, done }: Props) {
  const t = useTranslations("merging");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const may = useMay();
  const undo = useUndo();
  if (coveredBy) {
    return (
      <Text size="sm" c="dimmed">
        {t("covered", { id: String(coveredBy) })}
      </Text>
    );
  }
  if (!undoable || !may("merging:write")) return null;
  const act = async () => {
    await undo(id);
    toasts.done(t("undone", { id }));
    done?.();
  };
  return (
    <ConfirmButton
      size="compact-sm"
      leftSection={<IconArrowBackUp size={15} />}
      label={parts("undo")}
      ariaLabel={t("undoMerge", { id })}
      title={t("undoTitle", { id })}
      text={t("undoText")}
      verb={t("undoVerb")}
      danger={false}
      act={act}
    />
  );
}
