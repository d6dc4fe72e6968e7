// Trying a rule out before it is saved or switched on: with one customer, or over the last days.
import { Alert, Button, Drawer, List, Stack, Tabs, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle, IconFlask } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Problem } from "@/api/types";
import { Replay } from "./replay";
import { Simulate } from "./simulate";
import type { RuleDraft } from "./spots";
import { usePathText } from "./texts";

export type TryProps = { draft: RuleDraft; ruleId: number | null };

export function TryOut({ draft, ruleId }: TryProps) {
  const t = useTranslations("simulation");
  const parts = useTranslations("parts");
  const [opened, drawer] = useDisclosure(false);
  const [wasOpened, setWasOpened] = useState(false);
  const open = () => {
    setWasOpened(true);
    drawer.open();
  };
  const name = draft.values.name.trim() || t("unnamed");
  return (
    <>
      <Button variant="default" leftSection={<IconFlask size={16} />} onClick={open}>
        {t("open")}
      </Button>
      <Drawer
        opened={opened}
        onClose={drawer.close}
        size={760}
        title={t("title", { name })}
        closeButtonProps={{ "aria-label": parts("close") }}
        // What was asked and answered is still there when it is opened again.
        keepMounted={wasOpened}
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
    </>
  );
}

/** What has to be put right before the rule can be tried. */
export function RuleProblems({ problems }: { problems: Problem[] }) {
  const t = useTranslations("simulation");
  const pathText = usePathText();
  if (problems.length === 0) return null;
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t("fixFirst")} role="alert">
      <List size="sm">
        {problems.map(({ path, message }) => (
          <List.Item key={`${path} ${message}`}>
            {pathText(path) && <b>{pathText(path)}: </b>}
            {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
