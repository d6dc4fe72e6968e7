// The steps every customer goes through before being written: in their order, each switched on or off, with its options.
import { ActionIcon, Box, Button, Group, Menu, Stack, Switch, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { Draft } from "@/parts/draft";
import { moved } from "@/parts/moved";
import { type GeneralValues, missingSteps, newStep, problemWithin, type StepValues } from "./general-values";
import { StepOptions } from "./step-options";

const AT = "/savePipeline/steps";

export function Steps({ draft }: { draft: Draft<GeneralValues> }) {
  const t = useTranslations("settings.general");
  const { steps } = draft.values.savePipeline;
  const problem = draft.problem(AT);
  return (
    <Stack gap="xs">
      <Box component="ol" p={0} m={0} style={{ listStyle: "none" }}>
        {steps.map((step, place) => (
          <StepRow key={keyOf(steps, place)} draft={draft} step={step} place={place} />
        ))}
      </Box>
      {steps.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("noSteps")}
        </Text>
      )}
      {problem && (
        <Text size="sm" c="red" role="alert">
          {problem}
        </Text>
      )}
      <AddStep draft={draft} />
    </Stack>
  );
}

/** The same step can stand in the list more than once; its key follows it when it moves, and so does the focus. */
function keyOf(steps: StepValues[], place: number): string {
  const kind = steps[place]?.step;
  const nth = steps.slice(0, place).filter(({ step }) => step === kind).length;
  return `${kind} ${nth}`;
}

type RowProps = { draft: Draft<GeneralValues>; step: StepValues; place: number };

function StepRow({ draft, step, place }: RowProps) {
  const t = useTranslations("settings.general");
  const pointer = `${AT}/${place}`;
  const isOpen = step.enabled || problemWithin(draft.problems, pointer) !== undefined;
  return (
    <Box component="li" className="step">
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm">
        <Switch
          label={t(`steps.${step.step}`)}
          description={t(`stepHints.${step.step}`)}
          {...draft.check(`${pointer}/enabled`)}
        />
        <Group gap={2} wrap="nowrap">
          <MoveButton draft={draft} step={step} from={place} to={place - 1} />
          <MoveButton draft={draft} step={step} from={place} to={place + 1} />
        </Group>
      </Group>
      {isOpen && <StepOptions draft={draft} step={step} pointer={`${pointer}/options`} />}
    </Box>
  );
}

type MoveProps = { draft: Draft<GeneralValues>; step: StepValues; from: number; to: number };

function MoveButton({ draft, step, from, to }: MoveProps) {
  const t = useTranslations("settings.general");
  const { steps } = draft.values.savePipeline;
  const isEnd = to < 0 || steps.length <= to;
  const Arrow = to < from ? IconArrowUp : IconArrowDown;
  return (
    // Kept focusable at the end of the list, so that whoever moves a step by keyboard does not lose the place.
    <ActionIcon
      variant="subtle"
      color="gray"
      opacity={isEnd ? 0.35 : 1}
      aria-disabled={isEnd}
      aria-label={t(to < from ? "moveUp" : "moveDown", { step: t(`steps.${step.step}`) })}
      onClick={() => draft.set(AT, moved(steps, from, to))}
    >
      <Arrow size={16} />
    </ActionIcon>
  );
}

function AddStep({ draft }: { draft: Draft<GeneralValues> }) {
  const t = useTranslations("settings.general");
  const { steps } = draft.values.savePipeline;
  const missing = missingSteps(steps);
  if (missing.length === 0) return null;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button size="compact-sm" variant="light" w="fit-content" leftSection={<IconPlus size={14} />}>
          {t("addStep")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {missing.map((kind) => (
          <Menu.Item key={kind} onClick={() => draft.set(AT, [...steps, newStep(kind)])}>
            {t(`steps.${kind}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
