// How much of what comes of undoing an import: the figures of a look ahead and of a result, those that are not zero.
import { Group, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Count } from "@/parts/count";
import { type UndoFigures, undoFigures } from "./undo-queries";

export function Figures({ of, words }: { of: UndoFigures; words: "ahead" | "done" }) {
  const t = useTranslations("transfer.undo");
  const shown = undoFigures.filter((figure) => of[figure] > 0);
  if (shown.length === 0) return <Text size="sm">{t("nothing")}</Text>;
  return (
    <Group gap="4px 20px" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
      {shown.map((figure) => (
        <Text key={figure} size="sm" component="li">
          <Text span fw={650}>
            <Count of={of[figure]} />
          </Text>{" "}
          {t(`${words}.${figure}`, { count: of[figure] })}
        </Text>
      ))}
    </Group>
  );
}
