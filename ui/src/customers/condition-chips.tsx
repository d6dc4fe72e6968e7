// The conditions of the list as chips: each can be taken away, and the builder opens to change them all.
import { Button, CloseButton, Group, Pill, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFilter } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Condition } from "@/api/types";
import { asGroup, childrenOf, modeOf, removed } from "@/conditions/model";
import { useSentence } from "@/conditions/speech";
import { later } from "@/parts/later";

const ConditionDrawer = later(() => import("./condition-drawer"), "ConditionDrawer", null);

type Props = { filter: Condition | undefined; change: (filter: Condition | undefined) => void };

export function ConditionChips({ filter, change }: Props) {
  const t = useTranslations("customers");
  const [opened, drawer] = useDisclosure(false);
  const [wasOpened, setWasOpened] = useState(false);
  const open = () => {
    setWasOpened(true);
    drawer.open();
  };
  const group = asGroup(filter);
  const chips = childrenOf(group);
  const set = (next: Condition) => change(childrenOf(next).length === 0 ? undefined : next);
  return (
    <>
      <Button variant="default" leftSection={<IconFilter size={16} />} onClick={open} fw={500}>
        {t("conditions")}
      </Button>
      {chips.length > 1 && modeOf(group) === "any" && (
        <Text size="sm" c="dimmed">
          {t("anyOf")}
        </Text>
      )}
      {chips.map((chip, index) => (
        <Chip
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition is its place in the tree
          key={index}
          condition={chip}
          edit={open}
          remove={() => set(removed(group, `/${modeOf(group)}/${index}`))}
        />
      ))}
      {wasOpened && <ConditionDrawer opened={opened} close={drawer.close} filter={group} apply={set} />}
    </>
  );
}

function Chip({ condition, edit, remove }: { condition: Condition; edit: () => void; remove: () => void }) {
  const t = useTranslations("customers");
  const what = useSentence()(condition);
  return (
    <Pill
      size="lg"
      component="span"
      radius="sm"
      bg="var(--mantine-color-pine-light)"
      c="var(--mantine-color-pine-light-color)"
    >
      <Group gap={4} wrap="nowrap" component="span">
        <UnstyledButton fz="sm" onClick={edit} maw={380} style={{ overflow: "hidden", textOverflow: "ellipsis" }}>
          {what}
        </UnstyledButton>
        <CloseButton size="xs" aria-label={t("removeCondition", { what })} onClick={remove} />
      </Group>
    </Pill>
  );
}
