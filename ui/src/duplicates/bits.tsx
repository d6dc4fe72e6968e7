// What one field says, as a bar from a middle: to the right for one person, to the left for two. The words say the same.
import { Box, Group, Text } from "@mantine/core";
import { useFormatter, useTranslations } from "use-intl";
import type { DuplicateReason } from "@/api/types";
import { useLevel } from "./words";

/** Weights beyond this are as good as sure; their bars reach the end. */
const BITS_MAX = 16;

export function Bits({ reason: { level, bits } }: { reason: DuplicateReason }) {
  const t = useTranslations("duplicates");
  const format = useFormatter();
  const levelOf = useLevel();
  const share = Math.min(1, Math.abs(bits) / BITS_MAX) * 50;
  const figure = format.number(bits, { maximumFractionDigits: 1, signDisplay: "exceptZero" });
  return (
    <Box>
      <Box className="bits" aria-hidden>
        <span data-for={bits >= 0} style={{ width: `${share}%` }} />
      </Box>
      <Group gap="0 6px" justify="space-between">
        <Text size="xs">{levelOf(level)}</Text>
        <Text size="xs" c="dimmed" className="figures" style={{ whiteSpace: "nowrap" }}>
          {t("bits", { bits: figure })}
        </Text>
      </Group>
    </Box>
  );
}
