// The row about what customers did one after the other: its steps, from the first to the last within how long, and in which period.
import { ActionIcon, Box, Button, Group, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { PeriodInputs, TypeSelect, WhereInputs } from "./activity-inputs";
import { useBuilder } from "./context";
import { STEPS_MAX, STEPS_MIN } from "./model";
import { SpanInput } from "./span-input";
import type { Selection, SequenceLeaf } from "./types";

type Props = { leaf: SequenceLeaf; pointer: string };

export function SequenceInputs({ leaf, pointer }: Props) {
  const t = useTranslations("conditions.builder");
  const { replace, readOnly } = useBuilder();
  const change = (next: SequenceLeaf) => replace(pointer, next);
  const withSteps = (steps: Selection[]) => change({ ...leaf, steps });
  const canGrow = !readOnly && leaf.steps.length < STEPS_MAX;
  return (
    <Box w="100%">
      {leaf.steps.map((step, index) => (
        <Step
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the sequence
          key={index}
          step={step}
          number={index + 1}
          pointer={`${pointer}/steps/${index}`}
          remove={
            leaf.steps.length > STEPS_MIN && !readOnly
              ? () => withSteps(leaf.steps.filter((_, place) => place !== index))
              : null
          }
        />
      ))}
      <Group gap={6} mt={6}>
        {canGrow && (
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPlus size={13} />}
            onClick={() => withSteps([...leaf.steps, leaf.steps.at(-1)?.type ? { type: leaf.steps.at(-1)?.type } : {}])}
          >
            {t("addStep")}
          </Button>
        )}
        <SpanLimit leaf={leaf} onChange={change} />
        <PeriodInputs within={leaf.within} onChange={(within) => change({ ...leaf, within })} />
      </Group>
    </Box>
  );
}

type StepProps = { step: Selection; number: number; pointer: string; remove: (() => void) | null };

function Step({ step, number, pointer, remove }: StepProps) {
  const t = useTranslations("conditions.builder");
  const { change } = useBuilder();
  return (
    <Group gap={6} mt={number === 1 ? 0 : 6} role="group" aria-label={t("step", { number })}>
      <Text size="sm" miw={60}>
        {number === 1 ? t("first") : t("next")}
      </Text>
      <TypeSelect of={step} onChange={(next) => change(pointer, next)} />
      {remove && (
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("removeStep", { number })} onClick={remove}>
          <IconX size={14} />
        </ActionIcon>
      )}
      <WhereInputs of={step} pointer={pointer} />
    </Group>
  );
}

/** How long the whole may take from its first step to its last. */
function SpanLimit({ leaf, onChange }: { leaf: SequenceLeaf; onChange: (leaf: SequenceLeaf) => void }) {
  const t = useTranslations("conditions.builder");
  const { readOnly } = useBuilder();
  const { span, ...without } = leaf;
  if (span === undefined) {
    if (readOnly) return null;
    return (
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconPlus size={13} />}
        onClick={() => onChange({ ...leaf, span: "7d" })}
      >
        {t("addSpan")}
      </Button>
    );
  }
  return (
    <>
      <Text size="sm">{t("spanning")}</Text>
      <SpanInput value={span} label={t("spanLabel")} onChange={(next) => onChange({ ...leaf, span: next })} />
      {!readOnly && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={t("removeSpan")}
          onClick={() => onChange(without)}
        >
          <IconX size={14} />
        </ActionIcon>
      )}
    </>
  );
}
