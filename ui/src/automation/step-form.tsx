// The form of a step of a journey, by its kind.
import { Button, Group, Select, Stack, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { JourneyStep } from "@/api/types";
import { emptyGroup } from "@/conditions/model";
import { DelayInput, TimeInput } from "./choices";
import { ConditionSpot } from "./condition-spot";
import { DeedForm } from "./deed-form";
import { useEdits } from "./journey-edits";
import { evenShares, WAYS_MAX } from "./steps";

type Props = { pointer: string; step: JourneyStep };

export function StepForm({ pointer, step }: Props) {
  return (
    <Stack gap="sm">
      <KindForm pointer={pointer} step={step} />
      <NameInput pointer={pointer} />
    </Stack>
  );
}

function KindForm({ pointer, step }: Props) {
  const { draft } = useEdits();
  switch (step.type) {
    case "action":
      return <DeedForm draft={draft} pointer={`${pointer}/action`} />;
    case "wait":
      return <WaitForm pointer={pointer} step={step} />;
    case "wait_for":
      return <WaitForForm pointer={pointer} />;
    case "branch":
      return <BranchForm pointer={pointer} step={step} />;
    case "split":
      return <SplitForm pointer={pointer} step={step} />;
    default:
      return <ConditionSpot draft={draft} pointer={`${pointer}/condition`} />;
  }
}

function NameInput({ pointer }: { pointer: string }) {
  const t = useTranslations("journeys");
  const { draft } = useEdits();
  const { value, error } = draft.text(`${pointer}/name`);
  return (
    <TextInput
      size="xs"
      maw={420}
      label={t("name")}
      description={t("nameHint")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      value={value}
      error={error}
      onChange={({ currentTarget }) => draft.set(`${pointer}/name`, currentTarget.value || null)}
    />
  );
}

const MORNING = "09:00";

function WaitForm({ pointer, step }: { pointer: string; step: Extract<JourneyStep, { type: "wait" }> }) {
  const t = useTranslations("journeys");
  const deed = useTranslations("deeds");
  const { draft } = useEdits();
  const hasSpan = Boolean(step.for);
  const choose = (mode: string | null) =>
    draft.set(
      pointer,
      mode === "later" ? { ...step, for: "1d" } : { ...step, for: null, until: step.until ?? MORNING },
    );
  return (
    <Group gap="sm" align="flex-end">
      <Select
        size="xs"
        w={150}
        label={deed("timing")}
        allowDeselect={false}
        value={hasSpan ? "later" : "at"}
        onChange={choose}
        data={(["later", "at"] as const).map((value) => ({ value, label: deed(`timings.${value}`) }))}
      />
      {hasSpan && <DelayInput label={t("for")} {...draft.input<string>(`${pointer}/for`)} />}
      <TimeInput label={hasSpan ? t("until") : deed("atHint")} {...draft.input<string | null>(`${pointer}/until`)} />
    </Group>
  );
}

function WaitForForm({ pointer }: { pointer: string }) {
  const t = useTranslations("journeys");
  const { draft } = useEdits();
  return (
    <Stack gap="sm">
      <ConditionSpot draft={draft} pointer={`${pointer}/condition`} />
      <Group gap="sm" align="flex-end">
        <DelayInput label={t("timeout")} {...draft.input<string>(`${pointer}/timeout`)} />
        <Select
          size="xs"
          w={190}
          label={t("onTimeout")}
          allowDeselect={false}
          {...draft.input<string | null>(`${pointer}/onTimeout`)}
          data={(["continue", "exit"] as const).map((value) => ({ value, label: t(`onTimeouts.${value}`) }))}
        />
      </Group>
    </Stack>
  );
}

function BranchForm({ pointer, step }: { pointer: string; step: Extract<JourneyStep, { type: "branch" }> }) {
  const t = useTranslations("journeys");
  const { draft } = useEdits();
  if (step.branches.length >= WAYS_MAX) return null;
  const add = () => draft.set(`${pointer}/branches`, [...step.branches, { condition: emptyGroup(), steps: [] }]);
  return (
    <Button size="compact-sm" variant="light" w="fit-content" leftSection={<IconPlus size={14} />} onClick={add}>
      {t("addWay")}
    </Button>
  );
}

function SplitForm({ pointer, step }: { pointer: string; step: Extract<JourneyStep, { type: "split" }> }) {
  const t = useTranslations("journeys");
  const { draft } = useEdits();
  const { parts } = step;
  const withShares = (all: typeof parts) => {
    const shares = evenShares(all.length);
    draft.set(
      `${pointer}/parts`,
      all.map((part, place) => ({ ...part, percent: shares[place] ?? 0 })),
    );
  };
  return (
    <Group gap="xs">
      {parts.length < WAYS_MAX && (
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} />}
          onClick={() => draft.set(`${pointer}/parts`, [...parts, { percent: 0, steps: [] }])}
        >
          {t("addPart")}
        </Button>
      )}
      <Button size="compact-sm" variant="subtle" onClick={() => withShares(parts)}>
        {t("evenly")}
      </Button>
    </Group>
  );
}
