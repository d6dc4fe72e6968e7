// Trying a rule out before it is saved or switched on: with one customer, or over the last days.
import { Drawer, Stack, Tabs, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useOpening } from "@/parts/later";
import { Replay } from "./replay";
import { Simulate } from "./simulate";
import type { TryProps } from "./try-out";

type Props = TryProps & { opened: boolean; close: () => void };

export function TryOutDrawer({ draft, ruleId, opened, close }: Props) {
  const t = useTranslations("simulation");
  const parts = useTranslations("parts");
  const isOpen = useOpening(opened);
  const name = draft.values.name.trim() || t("unnamed");
  return (
    <Drawer
      opened={isOpen}
      onClose={close}
      size={760}
      title={t("title", { name })}
      closeButtonProps={{ "aria-label": parts("close") }}
      // What was asked and answered is still there when it is opened again.
      keepMounted
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t("hint")}
        </Text>
        <Tabs defaultValue="one">
          <Tabs.List mb="md">
            <Tabs.Tab value="one">{t("tabs.one")}</Tabs.Tab>
            <Tabs.Tab value="days">{t("tabs.days")}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="one">
            <Simulate draft={draft} ruleId={ruleId} />
          </Tabs.Panel>
          <Tabs.Panel value="days">
            <Replay draft={draft} ruleId={ruleId} />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </Drawer>
  );
}
