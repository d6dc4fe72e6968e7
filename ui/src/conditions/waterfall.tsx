// Where customers are lost on the way through the parts of a condition, or won where one part suffices.
import { Box, Group, Progress, Text } from "@mantine/core";
import { useFormatter, useTranslations } from "use-intl";
import type { Condition, SegmentPreview } from "@/api/types";
import { Count } from "@/parts/count";
import { modeOf } from "./model";
import { type Step, waterfall } from "./parts";
import { useSentence } from "./speech";

const STEPS_MIN = 2;

export function Waterfall({ condition, steps }: { condition: Condition; steps: SegmentPreview["steps"] }) {
  const t = useTranslations("conditions.live");
  if (steps.length < STEPS_MIN) return null;
  return (
    <Box>
      <Text size="xs" fw={600} c="dimmed" mb={6}>
        {t(modeOf(condition))}
      </Text>
      <ol className="plain-list" aria-label={t(modeOf(condition))}>
        {waterfall(condition, steps).map((step) => (
          <StepRow key={step.path} step={step} />
        ))}
      </ol>
    </Box>
  );
}

function StepRow({ step: { part, count, change, share } }: { step: Step }) {
  const sentenceOf = useSentence();
  const format = useFormatter();
  return (
    <li>
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
        <Text size="sm" lineClamp={2}>
          {sentenceOf(part)}
        </Text>
        <Text size="sm" ta="end" component="span" style={{ whiteSpace: "nowrap" }}>
          {change !== null && (
            <Text span size="xs" c="dimmed" className="figures">
              {format.number(change, { signDisplay: "exceptZero" })}{" "}
            </Text>
          )}
          <Count of={count} />
        </Text>
      </Group>
      <Progress value={100 * share} size={4} mt={4} aria-hidden />
    </li>
  );
}
