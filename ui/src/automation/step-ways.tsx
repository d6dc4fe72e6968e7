// The ways of a branch or a split, side by side, each with its own steps.
import { Box, Group, Text, UnstyledButton } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { JourneyStep } from "@/api/types";
import { useSentence } from "@/conditions/speech";
import { Act } from "@/parts/act";
import { moved } from "@/parts/moved";
import { NumberInput } from "@/parts/number-input";
import { ConditionSpot } from "./condition-spot";
import { StepList } from "./journey";
import { useEdits } from "./journey-edits";
import { problemBelow } from "./spots";
import { ACT_PX } from "./step-card";
import { placeOf, shareSum } from "./steps";

type Branch = Extract<JourneyStep, { type: "branch" }>;
type Split = Extract<JourneyStep, { type: "split" }>;

export function Ways({ pointer, step }: { pointer: string; step: JourneyStep }) {
  if (step.type === "branch") return <BranchWays pointer={pointer} step={step} />;
  return step.type === "split" ? <SplitWays pointer={pointer} step={step} /> : null;
}

function BranchWays({ pointer, step }: { pointer: string; step: Branch }) {
  const t = useTranslations("journeys");
  const number = placeOf(pointer) + 1;
  return (
    <Box className="journey-ways">
      {step.branches.map((_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a way is its place
        <Box key={place} className="journey-way">
          <BranchHead pointer={pointer} step={step} place={place} />
          <StepList
            list={`${pointer}/branches/${place}/steps`}
            name={t("wayOf", { number: place + 1, step: number })}
          />
        </Box>
      ))}
      <Box className="journey-way">
        <Box className="journey-way-head">
          <Text size="sm" fw={600}>
            {t("otherwise")}
          </Text>
          <Text size="sm" c="dimmed">
            {t("otherwiseHint")}
          </Text>
        </Box>
        <StepList list={`${pointer}/otherwise`} name={t("otherwiseOf", { step: number })} />
      </Box>
    </Box>
  );
}

function BranchHead({ pointer, step, place }: { pointer: string; step: Branch; place: number }) {
  const t = useTranslations("journeys");
  const { draft, open, toggle } = useEdits();
  const sentenceOf = useSentence();
  const way = `${pointer}/branches/${place}`;
  const isOpen = open === way;
  const number = place + 1;
  const condition = step.branches[place]?.condition;
  const problem = isOpen ? undefined : problemBelow(draft, `${way}/condition`);
  const change = (branches: Branch["branches"]) => draft.set(`${pointer}/branches`, branches);
  const last = step.branches.length - 1;
  return (
    <Box className="journey-way-head" data-way={way} data-open={isOpen || undefined}>
      <Group gap={4} wrap="nowrap" align="flex-start">
        <UnstyledButton className="journey-card-head" aria-expanded={isOpen} onClick={() => toggle(way)}>
          <span>
            <Text span size="sm" fw={600} display="block">
              {t("way", { number })}
            </Text>
            <Text span size="sm" c="dimmed" display="block" lineClamp={3}>
              {condition && sentenceOf(condition)}
            </Text>
          </span>
        </UnstyledButton>
        <Group gap={0} wrap="nowrap" className="journey-acts">
          <Act
            size={ACT_PX}
            name="left"
            label={t("wayLeft", { number })}
            isOff={place === 0}
            act={() => change(moved(step.branches, place, place - 1))}
          >
            <IconArrowLeft size={14} />
          </Act>
          <Act
            size={ACT_PX}
            name="right"
            label={t("wayRight", { number })}
            isOff={place === last}
            act={() => change(moved(step.branches, place, place + 1))}
          >
            <IconArrowRight size={14} />
          </Act>
          <Act
            size={ACT_PX}
            name="remove"
            label={t("removeWay", { number })}
            isOff={last === 0}
            act={() => change(step.branches.filter((_, other) => other !== place))}
          >
            <IconTrash size={14} />
          </Act>
        </Group>
      </Group>
      {problem && (
        <Text size="sm" c="red" role="alert">
          {problem}
        </Text>
      )}
      {isOpen && (
        <Box mt="xs">
          <ConditionSpot draft={draft} pointer={`${way}/condition`} />
        </Box>
      )}
    </Box>
  );
}

const PARTS_MIN = 2;

function SplitWays({ pointer, step }: { pointer: string; step: Split }) {
  const t = useTranslations("journeys");
  const number = placeOf(pointer) + 1;
  const sum = shareSum(step.parts);
  return (
    <>
      {sum !== 100 && (
        <Text size="sm" c="red" role="alert" ta="center" className="journey-sum">
          {t("sumWrong", { sum })}
        </Text>
      )}
      <Box className="journey-ways">
        {step.parts.map((_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a way is its place
          <Box key={place} className="journey-way">
            <PartHead pointer={pointer} step={step} place={place} />
            <StepList list={`${pointer}/parts/${place}/steps`} name={t("wayOf", { number: place + 1, step: number })} />
          </Box>
        ))}
      </Box>
    </>
  );
}

function PartHead({ pointer, step, place }: { pointer: string; step: Split; place: number }) {
  const t = useTranslations("journeys");
  const { draft } = useEdits();
  const number = place + 1;
  const { value, error, onChange } = draft.input<number>(`${pointer}/parts/${place}/percent`);
  return (
    <Box className="journey-way-head">
      <Group gap="xs" wrap="nowrap">
        <Text size="sm" fw={600} flex={1}>
          {t("way", { number })}
        </Text>
        <NumberInput
          size="xs"
          w={84}
          min={0}
          max={100}
          allowDecimal={false}
          allowNegative={false}
          suffix=" %"
          aria-label={t("percent", { number })}
          value={value}
          error={error}
          onChange={(percent) => typeof percent === "number" && onChange(percent)}
        />
        <Act
          size={ACT_PX}
          name="remove"
          label={t("removeWay", { number })}
          isOff={step.parts.length <= PARTS_MIN}
          act={() =>
            draft.set(
              `${pointer}/parts`,
              step.parts.filter((_, other) => other !== place),
            )
          }
        >
          <IconTrash size={14} />
        </Act>
      </Group>
    </Box>
  );
}
