// What becomes of customers who are on a journey that is being changed.
import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { RunningCustomers } from "@/api/types";
import { useOpening } from "@/parts/later";

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
      opened={useOpening(opened)}
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
