// One step on the map: what it does in words, its form when it is open, and what can be done with it.
import { Badge, Box, Group, Text, ThemeIcon, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconCopy, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { JourneyStep } from "@/api/types";
import { Act } from "@/parts/act";
import { deedKinds } from "./deed-kinds";
import { useEdits } from "./journey-edits";
import { problemBelow } from "./spots";
import { StepForm } from "./step-form";
import { stepIcons } from "./step-icons";
import { placeOf, waitingAt } from "./steps";
import { useStepText } from "./texts";

export const ACT_PX = 24;

type Props = { pointer: string; step: JourneyStep; last: number };

export function StepCard({ pointer, step, last }: Props) {
  const t = useTranslations("journeys");
  const { draft, open, places, version } = useEdits();
  const textOf = useStepText();
  const isOpen = open === pointer;
  const waiting = waitingAt(places, pointer, version);
  const hasWays = step.type === "branch" || step.type === "split";
  const own = draft.problem(pointer) ?? draft.problem(`${pointer}/${step.type === "split" ? "parts" : "branches"}`);
  const problem = own ?? (isOpen || hasWays ? undefined : problemBelow(draft, pointer));
  return (
    <Box
      className="journey-card"
      data-step={pointer}
      data-kind={step.type}
      data-open={isOpen || undefined}
      role="group"
      aria-label={t("step", { number: placeOf(pointer) + 1, what: textOf(step) })}
    >
      <Group gap={4} wrap="nowrap" align="flex-start">
        <Head pointer={pointer} step={step} />
        <Acts pointer={pointer} last={last} />
      </Group>
      {waiting > 0 && (
        <Badge color="blue" mt={6} className="figures">
          {t("waiting", { count: waiting })}
        </Badge>
      )}
      {problem && (
        <Text size="sm" c="red" role="alert" mt={4}>
          {problem}
        </Text>
      )}
      {isOpen && (
        <Box mt="sm">
          <StepForm pointer={pointer} step={step} />
        </Box>
      )}
    </Box>
  );
}

function Head({ pointer, step }: { pointer: string; step: JourneyStep }) {
  const t = useTranslations("journeys.names");
  const deed = useTranslations("deeds.names");
  const { open, toggle } = useEdits();
  const textOf = useStepText();
  const Picture = step.type === "action" ? deedKinds[step.action.type].icon : stepIcons[step.type];
  return (
    <UnstyledButton className="journey-card-head" aria-expanded={open === pointer} onClick={() => toggle(pointer)}>
      <ThemeIcon size={28} radius="md" variant="light" color={step.type === "action" ? "pine" : "gray"} aria-hidden>
        <Picture size={16} />
      </ThemeIcon>
      <span>
        <Text span size="xs" c="dimmed" display="block">
          {step.type === "action" ? deed(step.action.type) : t(step.type)}
          {step.name && ` · ${step.name}`}
        </Text>
        <Text span size="sm" fw={550} display="block" lineClamp={3}>
          {textOf(step)}
        </Text>
      </span>
    </UnstyledButton>
  );
}

function Acts({ pointer, last }: { pointer: string; last: number }) {
  const t = useTranslations("journeys");
  const { move, duplicate, remove } = useEdits();
  const place = placeOf(pointer);
  const number = place + 1;
  return (
    <Group gap={0} wrap="nowrap" className="journey-acts">
      <Act size={ACT_PX} name="up" label={t("up", { number })} isOff={place === 0} act={() => move(pointer, -1)}>
        <IconArrowUp size={14} />
      </Act>
      <Act size={ACT_PX} name="down" label={t("down", { number })} isOff={place === last} act={() => move(pointer, 1)}>
        <IconArrowDown size={14} />
      </Act>
      <Act size={ACT_PX} name="duplicate" label={t("duplicate", { number })} act={() => duplicate(pointer)}>
        <IconCopy size={14} />
      </Act>
      <Act size={ACT_PX} name="remove" label={t("remove", { number })} act={() => remove(pointer)}>
        <IconTrash size={14} />
      </Act>
    </Group>
  );
}
