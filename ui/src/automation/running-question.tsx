// What becomes of customers who are on a journey that is being changed.
import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { PlaceCount, Rule, RunningCustomers } from "@/api/types";
import { bodyOf, type RuleValues, valuesOf } from "./values";

const choices: RunningCustomers[] = ["finish", "move", "stop"];

type Props = {
  opened: boolean;
  count: number;
  close: () => void;
  choose: (choice: RunningCustomers) => void;
};

export function RunningQuestion({ opened, count, close, choose }: Props) {
  const t = useTranslations("automation");
  const parts = useTranslations("parts");
  const [choice, setChoice] = useState<RunningCustomers>("finish");
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t("runningTitle")}
      closeButtonProps={{ "aria-label": parts("cancel") }}
    >
      <Radio.Group
        label={t("runningText", { count })}
        value={choice}
        onChange={(next) => setChoice(next as RunningCustomers)}
      >
        <Stack gap="sm" mt="sm">
          {choices.map((value) => (
            <Radio
              key={value}
              value={value}
              label={<Text size="sm">{t(`runningModes.${value}`)}</Text>}
              description={t(`runningHints.${value}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={close}>
          {parts("cancel")}
        </Button>
        <Button onClick={() => choose(choice)}>{parts("save")}</Button>
      </Group>
    </Modal>
  );
}

export function travellers(places: PlaceCount[]): number {
  return places.filter(({ kind }) => kind === "journey").reduce((sum, { count }) => sum + count, 0);
}

/** Whether a change touches the way of those who are under way. */
export function isRerouted(before: Rule, after: RuleValues): boolean {
  const wayOf = (values: RuleValues) => {
    const { steps, exitWhen } = bodyOf(values) as { steps: unknown; exitWhen: unknown };
    return JSON.stringify([steps, exitWhen]);
  };
  return wayOf(valuesOf(before)) !== wayOf(after);
}
